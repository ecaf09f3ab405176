"""Lists come in pages, with the same number of queries for any number of rows."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from django.test import Client

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import add_person, call, names, param_of
from tests.voiceprints.people import SHA256, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import Block, Person, Transcript

CountQueries = Callable[[int], AbstractContextManager[object]]
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def people(count: int) -> None:
    """Create this number of people with one creation time."""
    Person.objects.bulk_create(Person(name=f"P{number:03}") for number in range(count))


def pages_of(gateway: Gateway, path: str) -> Iterator[list[str]]:
    """Yield the names on all pages, from first to last."""
    cursor: str | None = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = call(gateway, "GET", f"{path}{more}").json()
        yield [entry["id"] for entry in page["data"]]
        cursor = page["next"]


def test_a_page_has_fifty_entries_by_default(library_gateway: Gateway) -> None:
    people(60)

    assert len(names(call(library_gateway, "GET", "people"))) == 50
    assert len(names(call(library_gateway, "GET", "people?limit=200"))) == 60


def test_the_pages_list_every_person_once_in_order(library_gateway: Gateway) -> None:
    people(7)

    pages = list(pages_of(library_gateway, "people?limit=3"))

    assert [len(page) for page in pages] == [3, 3, 1]
    assert list(chain(*pages)) == [str(one.id) for one in Person.objects.order_by("name")]


def test_rows_with_the_same_time_are_all_listed(library_gateway: Gateway) -> None:
    Transcript.objects.bulk_create(
        Transcript(sha256=SHA256, duration=1.0, mode="mono", result={}, created_by="desk")
        for _ in range(7)
    )

    listed = chain(*pages_of(library_gateway, "transcripts?limit=2"))

    assert sorted(listed) == sorted(str(one.pk) for one in Transcript.objects.all())


def test_a_client_can_page_backwards(library_gateway: Gateway) -> None:
    people(5)
    first = call(library_gateway, "GET", "people?limit=2").json()
    second = call(library_gateway, "GET", f"people?limit=2&cursor={first['next']}").json()

    back = call(library_gateway, "GET", f"people?limit=2&cursor={second['previous']}").json()

    assert first["previous"] is None
    assert back["data"] == first["data"]


def test_a_deletion_between_two_pages_skips_no_row(
    library_gateway: Gateway,
) -> None:
    people(4)
    first = call(library_gateway, "GET", "people?limit=2").json()
    Person.objects.get(name="P000").delete()

    second = call(library_gateway, "GET", f"people?limit=2&cursor={first['next']}")

    assert names(second) == ["P002", "P003"]


def test_an_empty_list_is_a_page(library_gateway: Gateway) -> None:
    assert call(library_gateway, "GET", "people").json() == {
        "object": "list",
        "data": [],
        "next": None,
        "previous": None,
    }


@pytest.mark.parametrize("cursor", ["x", "%00", "é", "cD0lMDA=", "cj14", "x" * 1500, "x" * 2001])
def test_an_invalid_cursor_is_refused(library_gateway: Gateway, cursor: str) -> None:
    assert param_of(call(library_gateway, "GET", f"people?cursor={cursor}")) == (400, "cursor")


def test_a_cursor_beyond_the_end_ends_the_list(library_gateway: Gateway) -> None:
    people(1)
    far = "bz05OTk5OTk5OTk5OTk5OTk5OTk5OQ=="

    assert call(library_gateway, "GET", f"people?cursor={far}").json()["data"] == []


@pytest.mark.parametrize("path", ["spaces", "people", "transcripts", "people/{}/voiceprints"])
def test_a_name_in_a_cursor_is_not_logged(library_gateway: Gateway, path: str) -> None:
    ana = add_person(library_gateway, "Ana")
    of_a_name = "cD1Ob3RhRGF0ZQ=="

    answer = call(library_gateway, "GET", f"{path.format(ana)}?cursor={of_a_name}")

    assert answer.status_code in {200, 400}
    assert "NotaDate" not in library_gateway.log.read_text()


def test_a_name_is_not_a_cursor_of_spaces(library_gateway: Gateway) -> None:
    answer = call(library_gateway, "GET", "spaces?cursor=cD1Ob3RhRGF0ZQ==")

    assert param_of(answer) == (400, "cursor")


def test_a_cursor_of_another_list_is_refused(library_gateway: Gateway) -> None:
    of_a_name = "cD1ub3RhZGF0ZQ=="

    answer = call(library_gateway, "GET", f"transcripts?cursor={of_a_name}")

    assert param_of(answer) == (400, "cursor")


@pytest.mark.django_db
def test_people_take_one_query(client: Client, django_assert_num_queries: CountQueries) -> None:
    people(20)

    with django_assert_num_queries(1):
        assert len(client.get("/api/people?q=P&consenting=false").json()["data"]) == 20


@pytest.mark.django_db
def test_voiceprints_take_two_queries(
    client: Client, django_assert_num_queries: CountQueries
) -> None:
    ana = consenting("Ana")
    for number in range(20):
        one = voiceprint_of(ana, axis(number))
        one.transcript_speaker = speaker(transcript(), "Speaker_0", "Ana")
        one.save()

    with django_assert_num_queries(2):
        assert len(client.get(f"/api/people/{ana.id}/voiceprints").json()["data"]) == 20


@pytest.mark.django_db
def test_transcripts_take_two_queries(
    client: Client, django_assert_num_queries: CountQueries
) -> None:
    ana = consenting("Ana")
    for number in range(20):
        stored = transcript(recorded_at=THEN + timedelta(days=number))
        one = speaker(stored, "Speaker_0", "Ana", person=ana)
        Block.objects.create(
            transcript=stored, speaker=one, position=0, start_ms=0, end_ms=1, text="Good morning."
        )
    query = f"q=morning&person={ana.id}&since=2026-01-01&until=2027-01-01"

    with django_assert_num_queries(2):
        assert len(client.get(f"/api/transcripts?{query}").json()["data"]) == 20


@pytest.mark.django_db
def test_a_transcript_of_any_length_takes_the_same_queries(
    client: Client, django_assert_num_queries: CountQueries
) -> None:
    stored = transcript(
        result={
            "speakers": [{"cluster": "S", "name": "Ana"}],
            "segments": [{"start_ms": 0, "end_ms": 1, "speaker": "Ana", "text": "Hi"}] * 50,
        }
    )
    one = speaker(stored, "S", "Ana")
    Block.objects.bulk_create(
        Block(transcript=stored, speaker=one, position=number, start_ms=0, end_ms=1)
        for number in range(50)
    )

    # The transcript, the audit entry, the speakers, the blocks.
    with django_assert_num_queries(4):
        assert len(client.get(f"/api/transcripts/{stored.id}").json()["segments"]) == 50
