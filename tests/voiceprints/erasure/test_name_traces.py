"""Whoever is forgotten leaves no name they ever had, and takes none of anybody else's."""

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
def test_a_transcript_of_somebody_called_like_a_word_of_its_own_can_still_be_told(
    name: str,
) -> None:
    person = consenting(name)
    kept = meeting(name)
    speaker(kept, "S0", name, person=person)

    erase_person(person.id, actor="desk", replacement="Customer A")

    kept.refresh_from_db()
    assert render_transcript_json(kept)["speakers"][0]["name"] == "Customer A"
    assert kept.result["mode"] == "mono"


def test_a_former_name_is_forgotten_where_somebody_else_is_named_by_now() -> None:
    greta, hans = consenting("Greta Old"), consenting("Hans")
    kept = meeting("Greta Old", recording_name="greta_old.wav")
    speaker(kept, "S0", "Hans", person=hans)
    Person.objects.filter(pk=greta.pk).update(name="Greta New")

    erase_person(greta.id, actor="desk", replacement="Customer A")

    kept.refresh_from_db()
    assert kept.result["speakers"][0]["name"] == "Customer A"
    assert kept.result["segments"] == []
    assert kept.recording_name == "Customer A.wav"


def test_somebody_who_was_only_considered_is_forgotten_too() -> None:
    emma = consenting("Emma")
    kept = meeting("Ben", evidence={"winner": {"name": "Ben"}, "runner_up": {"name": "EMMA"}})

    erase_person(emma.id, actor="desk", replacement="Customer A")

    kept.refresh_from_db()
    assert kept.result["speakers"][0]["evidence"]["runner_up"] == {"name": "Customer A"}


def test_the_name_of_an_entry_that_was_merged_away_is_forgotten() -> None:
    bob, robert = consenting("Bob"), consenting("Robert")
    merge_people(bob.id, robert.id, actor="desk")
    Person.objects.update(aliases=[])
    kept = meeting("Bob")

    erase_person(robert.id, actor="desk", replacement="Customer A")

    kept.refresh_from_db()
    assert kept.result["speakers"][0]["name"] == "Customer A"


def test_a_former_name_that_is_somebody_elses_by_now_stays_theirs() -> None:
    first = consenting("Greta")
    Person.objects.update(name="Greta Schmidt")
    speaker(kept := meeting("Greta"), "S0", "Greta", person=consenting("Greta"))

    erase_person(first.id, actor="desk")

    kept.refresh_from_db()
    assert kept.result["speakers"][0]["name"] == "Greta"
    assert kept.speakers.get().name == "Greta"


def test_an_alias_that_is_anothers_name_stays_theirs() -> None:
    owner = consenting("Owner", aliases=["Victim"])
    kept = meeting("Victim")
    speaker(kept, "S0", "Victim", person=consenting("Victim"))
    speaker(kept, "S1", "Owner", person=owner)

    erase_person(owner.id, actor="desk")

    kept.refresh_from_db()
    assert kept.result["speakers"][0]["name"] == "Victim"


def test_an_alias_by_which_another_is_shown_stays_theirs() -> None:
    owner = consenting("Owner", aliases=["Chief"])
    kept = meeting("Chief")
    speaker(kept, "S0", "Chief", person=consenting("Ben", aliases=["Chief"]))
    speaker(kept, "S1", "Owner", person=owner)

    erase_person(owner.id, actor="desk")

    kept.refresh_from_db()
    assert kept.result["speakers"][0]["name"] == "Chief"


def test_a_replacement_that_somebody_bears_in_the_same_transcript_is_refused() -> None:
    owner = consenting("Owner")
    kept = meeting("Nan")
    speaker(kept, "S0", "Nan")
    speaker(kept, "S1", "Owner", person=owner)

    with pytest.raises(ValueError, match="replacement: expected a name that no other speaker"):
        erase_person(owner.id, actor="desk", replacement="NAN")


def test_a_replacement_of_another_transcript_is_taken() -> None:
    owner = consenting("Owner")
    speaker(meeting("Nan"), "S0", "Nan")

    assert erase_person(owner.id, actor="desk", replacement="Nan").replacement == "Nan"


@pytest.mark.parametrize("shown", ["Zoe\u0301 Nun\u0303ez", "ZOÉ NUÑEZ"])
def test_a_name_is_forgotten_however_it_was_composed(shown: str) -> None:
    zoe = consenting("Zoé Nuñez")
    kept = meeting(shown, recording_name=f"2026 {shown}.wav")

    erase_person(zoe.id, actor="desk", replacement="Customer A")

    kept.refresh_from_db()
    assert kept.result["speakers"][0]["name"] == "Customer A"
    assert kept.recording_name == "2026 Customer A.wav"


def test_a_transcript_that_shares_a_first_name_is_left_alone() -> None:
    ana = consenting("Ana Ruiz")
    meeting("Ben", recording_name="Ana and Ben, Ruiz street.wav")

    assert erase_person(ana.id, actor="desk").transcripts == 0


def test_what_was_answered_about_an_entry_that_was_merged_away_is_forgotten() -> None:
    bob, robert = consenting("Bob"), consenting("Robert")
    told = {"id": str(bob.id), "name": "Bob"}
    asked = {"client": "desk", "key": "1", "method": "POST", "path": "/api/people"}
    IdempotencyKey.objects.create(body=told, status=201, request_sha256="ab" * 32, **asked)

    merge_people(bob.id, robert.id, actor="desk")

    assert IdempotencyKey.objects.get().body is None


def test_whoever_is_in_no_transcript_is_looked_for_by_index() -> None:
    names = PersonNames.of(consenting("Emma"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    borne, shown = speakers_named(names).explain(), transcripts_naming(names).explain()

    assert ("speaker_by_name" in borne, "transcript_by_names" in shown) == (True, True)


def test_a_result_that_has_no_such_name_is_not_written_again() -> None:
    emma = consenting("Emma")
    meeting("Ben", recording_name="emma.wav")

    with CaptureQueriesContext(connection) as asked:
        erase_person(emma.id, actor="desk", replacement="A")

    statements = [one["sql"] for one in asked]
    written = [sql for sql in statements if sql.startswith('UPDATE "voiceprints_transcript" ')]
    assert len(written) == 1
    assert '"result" =' not in written[0]
    assert Transcript.objects.get().recording_name == "A.wav"


def test_what_was_said_is_not_read_to_lock_it() -> None:
    kept = meeting("Ben")

    with CaptureQueriesContext(connection) as asked:
        lock_transcripts([kept.pk])

    assert "result" not in asked[0]["sql"]


def meeting(name: str, *, recording_name: str = "", **more: object) -> Transcript:
    """A transcript in which S0 was given this name at first, and said nothing."""
    given = [{"cluster": "S0", "name": name, "source": "visual", **more}]
    result = {"mode": "mono", "speakers": given, "segments": []}
    return transcript(result=result, recording_name=recording_name)
