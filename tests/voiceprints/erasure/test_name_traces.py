"""Tests that an erasure removes every name of the person, and no other person's name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.voiceprints.people import consenting, speaker, transcript
from voiceprints.erasure.name_traces import PersonNames, speakers_named, transcripts_naming
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.erasure.person_merge import merge_people
from voiceprints.models import IdempotencyKey, Person, Transcript
from voiceprints.storage.locks import lock_transcripts
from voiceprints.transcripts.transcript_rendering import render_transcript_json

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["Segments", "Speakers", "Mono"])
def test_a_transcript_with_a_name_like_one_of_its_keys_is_still_rendered(
    name: str,
) -> None:
    person = consenting(name)
    stored = meeting(name)
    speaker(stored, "S0", name, person=person)

    erase_person(person.id, actor="desk", replacement="Customer A")

    stored.refresh_from_db()
    assert render_transcript_json(stored)["speakers"][0]["name"] == "Customer A"
    assert stored.result["mode"] == "mono"


def test_a_former_name_is_erased_although_the_speaker_is_another_person_now() -> None:
    greta, hans = consenting("Greta Old"), consenting("Hans")
    stored = meeting("Greta Old", recording_name="greta_old.wav")
    speaker(stored, "S0", "Hans", person=hans)
    Person.objects.filter(pk=greta.pk).update(name="Greta New")

    erase_person(greta.id, actor="desk", replacement="Customer A")

    stored.refresh_from_db()
    assert stored.result["speakers"][0]["name"] == "Customer A"
    assert stored.result["segments"] == []
    assert stored.recording_name == "Customer A.wav"


def test_a_name_in_the_evidence_is_erased() -> None:
    emma = consenting("Emma")
    stored = meeting("Ben", evidence={"winner": {"name": "Ben"}, "runner_up": {"name": "EMMA"}})

    erase_person(emma.id, actor="desk", replacement="Customer A")

    stored.refresh_from_db()
    assert stored.result["speakers"][0]["evidence"]["runner_up"] == {"name": "Customer A"}


def test_the_name_of_a_merged_entry_is_erased() -> None:
    bob, robert = consenting("Bob"), consenting("Robert")
    merge_people(bob.id, robert.id, actor="desk")
    Person.objects.update(aliases=[])
    stored = meeting("Bob")

    erase_person(robert.id, actor="desk", replacement="Customer A")

    stored.refresh_from_db()
    assert stored.result["speakers"][0]["name"] == "Customer A"


def test_a_former_name_that_another_person_has_now_stays() -> None:
    first = consenting("Greta")
    Person.objects.update(name="Greta Schmidt")
    speaker(stored := meeting("Greta"), "S0", "Greta", person=consenting("Greta"))

    erase_person(first.id, actor="desk")

    stored.refresh_from_db()
    assert stored.result["speakers"][0]["name"] == "Greta"
    assert stored.speakers.get().name == "Greta"


def test_an_alias_that_is_another_persons_name_stays() -> None:
    owner = consenting("Owner", aliases=["Victim"])
    stored = meeting("Victim")
    speaker(stored, "S0", "Victim", person=consenting("Victim"))
    speaker(stored, "S1", "Owner", person=owner)

    erase_person(owner.id, actor="desk")

    stored.refresh_from_db()
    assert stored.result["speakers"][0]["name"] == "Victim"


def test_an_alias_that_another_speaker_shows_stays() -> None:
    owner = consenting("Owner", aliases=["Chief"])
    stored = meeting("Chief")
    speaker(stored, "S0", "Chief", person=consenting("Ben", aliases=["Chief"]))
    speaker(stored, "S1", "Owner", person=owner)

    erase_person(owner.id, actor="desk")

    stored.refresh_from_db()
    assert stored.result["speakers"][0]["name"] == "Chief"


def test_a_replacement_of_another_speaker_in_the_transcript_is_refused() -> None:
    owner = consenting("Owner")
    stored = meeting("Nan")
    speaker(stored, "S0", "Nan")
    speaker(stored, "S1", "Owner", person=owner)

    with pytest.raises(ValueError, match="replacement: expected a name that no other speaker"):
        erase_person(owner.id, actor="desk", replacement="NAN")


def test_a_replacement_of_a_speaker_elsewhere_is_accepted() -> None:
    owner = consenting("Owner")
    speaker(meeting("Nan"), "S0", "Nan")

    assert erase_person(owner.id, actor="desk", replacement="Nan").replacement == "Nan"


@pytest.mark.parametrize("shown", ["Zoe\u0301 Nun\u0303ez", "ZOÉ NUÑEZ"])
def test_a_name_is_erased_in_every_unicode_composition(shown: str) -> None:
    zoe = consenting("Zoé Nuñez")
    stored = meeting(shown, recording_name=f"2026 {shown}.wav")

    erase_person(zoe.id, actor="desk", replacement="Customer A")

    stored.refresh_from_db()
    assert stored.result["speakers"][0]["name"] == "Customer A"
    assert stored.recording_name == "2026 Customer A.wav"


def test_a_transcript_with_the_same_first_name_does_not_change() -> None:
    ana = consenting("Ana Ruiz")
    meeting("Ben", recording_name="Ana and Ben, Ruiz street.wav")

    assert erase_person(ana.id, actor="desk").transcripts == 0


def test_stored_responses_about_a_merged_entry_are_erased() -> None:
    bob, robert = consenting("Bob"), consenting("Robert")
    body = {"id": str(bob.id), "name": "Bob"}
    asked = {"client": "desk", "key": "1", "method": "POST", "path": "/api/people"}
    IdempotencyKey.objects.create(body=body, status=201, request_sha256="ab" * 32, **asked)

    merge_people(bob.id, robert.id, actor="desk")

    assert IdempotencyKey.objects.get().body is None


def test_a_person_in_no_transcript_is_searched_by_index() -> None:
    names = PersonNames.of(consenting("Emma"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    borne, shown = speakers_named(names).explain(), transcripts_naming(names).explain()

    assert ("speaker_by_name" in borne, "transcript_by_names" in shown) == (True, True)


def test_a_result_without_the_name_is_not_written() -> None:
    emma = consenting("Emma")
    meeting("Ben", recording_name="emma.wav")

    with CaptureQueriesContext(connection) as asked:
        erase_person(emma.id, actor="desk", replacement="A")

    statements = [one["sql"] for one in asked]
    written = [sql for sql in statements if sql.startswith('UPDATE "voiceprints_transcript" ')]
    assert not any('"result" =' in sql for sql in written)
    assert Transcript.objects.get().recording_name == "A.wav"


def test_locking_transcripts_does_not_read_their_results() -> None:
    stored = meeting("Ben")

    with CaptureQueriesContext(connection) as asked:
        lock_transcripts([stored.pk])

    assert "result" not in asked[0]["sql"]


def meeting(name: str, *, recording_name: str = "", **more: object) -> Transcript:
    """Create a transcript whose result gave S0 this name, without text."""
    given = [{"cluster": "S0", "name": name, "source": "visual", **more}]
    result = {"mode": "mono", "speakers": given, "segments": []}
    return transcript(result=result, recording_name=recording_name)
