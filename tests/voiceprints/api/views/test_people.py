"""The endpoints for people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import (
    CONSENT,
    UNKNOWN_ID,
    add_person,
    call,
    code_of,
    names,
    param_of,
)
from tests.voiceprints.people import axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, Transcript, TranscriptSpeaker, Voiceprint


def test_a_person_is_added_and_read(library_gateway: Gateway) -> None:
    made = call(
        library_gateway,
        "POST",
        "people",
        json={"name": "Ana Ruiz", "aliases": ["Ana R."], "notes": "Reception", "consent": CONSENT},
    )

    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/people/{made.json()['id']}"
    assert call(library_gateway, "GET", f"people/{made.json()['id']}").json() == made.json()
    assert made.json() == {
        "object": "person",
        "id": made.json()["id"],
        "name": "Ana Ruiz",
        "aliases": ["Ana R."],
        "consent": {**CONSENT, "until": None},
        "notes": "Reception",
        "created_at": made.json()["created_at"],
        "updated_at": made.json()["updated_at"],
        "version": 1,
    }


def test_a_person_may_be_added_without_consent(library_gateway: Gateway) -> None:
    made = call(library_gateway, "POST", "people", json={"name": "Ana"})

    assert made.json()["consent"] is None


def test_a_name_is_normalized_to_one_line_without_invisible_characters(
    library_gateway: Gateway,
) -> None:
    asked = {"name": "\u202eZoe\u0301\u00a0\u200b Nun\u0303ez", "aliases": ["Zoe\u0301\u200b"]}

    made = call(library_gateway, "POST", "people", json=asked)

    assert (made.json()["name"], made.json()["aliases"]) == ("Zoé Nuñez", ["Zoé"])


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u200d", "\u0301"])
def test_an_invisible_name_is_refused(library_gateway: Gateway, name: str) -> None:
    assert param_of(call(library_gateway, "POST", "people", json={"name": name})) == (400, "name")


def test_a_name_that_looks_the_same_is_taken(library_gateway: Gateway) -> None:
    add_person(library_gateway, "José")

    answer = call(library_gateway, "POST", "people", json={"name": "Jose\u0301\u200b"})

    assert code_of(answer) == (409, "name_taken")


def test_consent_without_a_time_is_given_now(library_gateway: Gateway) -> None:
    before = timezone.now()

    call(library_gateway, "POST", "people", json={"name": "Ana", "consent": {"how": "orally"}})

    given = Person.objects.get().consent_given_at
    assert given is not None
    assert before < given < timezone.now()


def test_a_change_leaves_fields_that_are_not_sent(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana", notes="Reception")

    changed = call(library_gateway, "PATCH", f"people/{ana}", json={"aliases": ["A."]}).json()

    assert (changed["name"], changed["notes"], changed["aliases"]) == ("Ana", "Reception", ["A."])
    assert changed["consent"] is not None


def test_consent_is_withdrawn_with_null(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    changed = call(library_gateway, "PATCH", f"people/{ana}", json={"consent": None})

    assert changed.status_code == 200
    assert not Person.objects.get().has_consent()
    assert Person.objects.get().consent_how == "in writing"


def test_future_consent_that_is_withdrawn_was_never_given(library_gateway: Gateway) -> None:
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    ana = add_person(library_gateway, "Ana", consent={"how": "by mail", "given_at": tomorrow})

    changed = call(library_gateway, "PATCH", f"people/{ana}", json={"consent": None})

    assert changed.json()["consent"] is None


def test_a_new_name_is_shown_in_every_transcript(library_gateway: Gateway) -> None:
    ana = consenting("Ana")
    speaker(transcript(), "Speaker_0", "Ana", person=ana)

    call(library_gateway, "PATCH", f"people/{ana.id}", json={"name": "Ana Ruiz"})

    assert TranscriptSpeaker.objects.get().name == "Ana Ruiz"


def test_people_are_listed_by_name(library_gateway: Gateway) -> None:
    Person.objects.bulk_create(Person(name=name) for name in ("Ben", "Ana", "Cleo"))

    assert names(call(library_gateway, "GET", "people")) == ["Ana", "Ben", "Cleo"]


def test_people_are_found_by_a_part_of_their_name_or_alias(library_gateway: Gateway) -> None:
    Person.objects.bulk_create(
        [Person(name="Ana Ruiz"), Person(name="Ben", aliases=["Ruizo"]), Person(name="Cleo")]
    )

    assert names(call(library_gateway, "GET", "people?q=rUIz")) == ["Ana Ruiz", "Ben"]


@pytest.mark.parametrize(("consenting_now", "found"), [("true", ["Ana"]), ("false", ["Ben"])])
def test_people_are_found_by_consent(
    library_gateway: Gateway, consenting_now: str, found: list[str]
) -> None:
    consenting("Ana")
    Person.objects.create(name="Ben")

    assert names(call(library_gateway, "GET", f"people?consenting={consenting_now}")) == found


def test_two_people_do_not_share_a_name(library_gateway: Gateway) -> None:
    add_person(library_gateway, "Ana")

    answer = call(library_gateway, "POST", "people", json={"name": "ANA"})

    assert code_of(answer) == (409, "name_taken")


def test_a_person_is_not_renamed_to_a_taken_name(library_gateway: Gateway) -> None:
    add_person(library_gateway, "Ana")
    ben = add_person(library_gateway, "Ben")

    answer = call(library_gateway, "PATCH", f"people/{ben}", json={"name": "Ana"})

    assert code_of(answer) == (409, "name_taken")


def test_deleting_a_person_erases_every_trace(library_gateway: Gateway) -> None:
    ana = consenting("Ana Ruiz")
    voiceprint_of(ana, axis(0))
    speaker(transcript(), "Speaker_0", "Ana Ruiz", person=ana)

    answer = call(library_gateway, "DELETE", f"people/{ana.id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Person.objects.exists()
    assert not Voiceprint.objects.exists()
    assert TranscriptSpeaker.objects.get().name == f"Person {ana.id.hex[:4]}"


def test_an_erased_person_gets_the_requested_replacement(library_gateway: Gateway) -> None:
    ana = consenting("Ana")
    speaker(transcript(), "Speaker_0", "Ana", person=ana)

    call(library_gateway, "DELETE", f"people/{ana.id}?as=Reception")

    assert TranscriptSpeaker.objects.get().name == "Reception"


def test_a_replacement_equal_to_the_name_is_refused(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, "DELETE", f"people/{ana}?as=Ana")

    assert param_of(answer) == (400, "as")
    assert Person.objects.exists()


def test_two_entries_of_one_person_are_merged(library_gateway: Gateway) -> None:
    ana, twin = consenting("Ana"), consenting("Ana R.")
    voiceprint_of(twin, axis(0))

    answer = call(library_gateway, "POST", f"people/{ana.id}/merge", json={"from": str(twin.id)})

    assert answer.json()["aliases"] == ["Ana R."]
    assert Voiceprint.objects.get().person_id == ana.id
    assert not Person.objects.filter(pk=twin.id).exists()


def test_a_person_is_not_merged_into_itself(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, "POST", f"people/{ana}/merge", json={"from": ana})

    assert param_of(answer) == (400, "from")


def test_a_merge_from_an_unknown_person_is_refused(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")

    answer = call(library_gateway, "POST", f"people/{ana}/merge", json={"from": UNKNOWN_ID})

    assert code_of(answer) == (404, "person_not_found")


def test_the_audit_records_the_key(library_gateway: Gateway) -> None:
    ana = add_person(library_gateway, "Ana")
    call(library_gateway, "PATCH", f"people/{ana}", json={"notes": "x"})
    call(library_gateway, "DELETE", f"people/{ana}")

    done = AuditEntry.objects.order_by("id").values_list("actor", "action")

    assert list(done) == [
        ("archive", "person_created"),
        ("archive", "consent_changed"),
        ("archive", "person_changed"),
        ("archive", "forgotten"),
    ]


def test_the_log_contains_no_names(library_gateway: Gateway) -> None:
    add_person(library_gateway, "Wilhelmina")
    call(library_gateway, "GET", "people?q=Wilhelmina")

    assert "Wilhelmina" not in library_gateway.log.read_text()
    assert not Transcript.objects.exists()
