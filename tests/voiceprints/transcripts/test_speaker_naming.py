"""Tests of naming speakers, in one transcript and in others with the same voice."""

from uuid import uuid4

import pytest

from tests.voiceprints.people import SPACE, axis, blend, consenting, speaker, transcript
from voiceprints.matching.speaker_lookup import SpeakerNotFound
from voiceprints.models import AuditEntry, Person, Space, Transcript, TranscriptSpeaker
from voiceprints.people.person_names import get_or_create_person
from voiceprints.storage.locks import PersonNotFound
from voiceprints.transcripts.speaker_naming import (
    name_similar_speakers,
    name_speaker,
    similar_speakers,
)

pytestmark = pytest.mark.django_db


def test_naming_a_speaker_renames_its_blocks() -> None:
    ana, meeting = consenting("Ana"), transcript()
    unknown = speaker(meeting, "S0", "Unknown_0", source="unmatched")
    unknown.blocks.create(transcript=meeting, position=0, start_ms=0, end_ms=9)

    name_speaker(meeting.id, "S0", ana.id, actor="desk")

    named = meeting.blocks.get().speaker
    assert (named.name, named.person, named.source) == ("Ana", ana, "named_by_hand")


def test_all_speakers_of_the_name_are_renamed() -> None:
    ana, meeting = consenting("Ana"), transcript()
    speaker(meeting, "S0", "Anna")
    speaker(meeting, "S1", "Ben")
    speaker(meeting, "S2", "Anna")

    name_speaker(meeting.id, "S2", ana.id, actor="desk")

    assert [one.name for one in meeting.speakers.all()] == ["Ana", "Ben", "Ana"]


def test_other_transcripts_do_not_change() -> None:
    ana, meeting, other = consenting("Ana"), transcript(), transcript()
    speaker(meeting, "S0", "Unknown_0")
    speaker(other, "S0", "Unknown_0")

    name_speaker(meeting.id, "S0", ana.id, actor="desk")

    assert other.speakers.get().name == "Unknown_0"


def test_a_speaker_named_after_consent_ended_has_no_embedding() -> None:
    ana, meeting = consenting("Ana"), transcript()
    Person.objects.filter(pk=ana.pk).update(consent_until=ana.created_at)
    unnamed_speaker(meeting, 0)

    name_speaker(meeting.id, "S0", ana.id, actor="desk")

    assert meeting.speakers.get().embedding is None


def test_naming_is_audited() -> None:
    ana, meeting = consenting("Ana"), transcript()
    speaker(meeting, "S0", "Unknown_0")

    name_speaker(meeting.id, "S0", ana.id, actor="desk")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person_id, entry.transcript_id) == (
        "speaker_named",
        ana.id,
        meeting.id,
    )


def test_an_unknown_label_is_refused() -> None:
    ana, meeting = consenting("Ana"), transcript()

    with pytest.raises(SpeakerNotFound, match="S7"):
        name_speaker(meeting.id, "S7", ana.id, actor="desk")


def test_a_missing_person_is_refused() -> None:
    meeting = transcript()
    speaker(meeting, "S0", "Unknown_0")

    with pytest.raises(PersonNotFound):
        name_speaker(meeting.id, "S0", uuid4(), actor="desk")


def test_a_person_is_created_once_for_a_name() -> None:
    ana = get_or_create_person("Ana", actor="desk")

    assert get_or_create_person("ANA", actor="desk") == ana
    assert [entry.action for entry in AuditEntry.objects.all()] == ["person_created"]


def test_the_same_voice_is_found_in_other_transcripts_nearest_first() -> None:
    meeting, near, far = transcript(), transcript(recording_name="May.wav"), transcript()
    unnamed_speaker(meeting, 0)
    unnamed_speaker(near, {0: 1.0, 1: 0.1})
    unnamed_speaker(far, {0: 0.8, 1: 0.6})
    unnamed_speaker(transcript(), 1)

    found = similar_speakers(axis(0), Space.for_engine(SPACE), exclude=meeting.id)

    assert [one.transcript_id for one in found] == [near.id, far.id]
    assert (found[0].recording_name, found[0].label, found[0].nameless) == ("May.wav", "S0", True)
    assert found[1].similarity == pytest.approx(0.8)


def test_a_voice_of_another_space_is_not_the_same() -> None:
    unnamed_speaker(transcript(), 0)

    assert similar_speakers(axis(0), Space.for_engine("campplus")) == []


def test_a_threshold_may_be_stricter_than_the_spaces() -> None:
    unnamed_speaker(transcript(), {0: 0.8, 1: 0.6})

    assert similar_speakers(axis(0), Space.for_engine(SPACE), threshold=0.9) == []


def test_the_same_voice_is_named_if_it_has_no_name() -> None:
    ana = consenting("Ana")
    nameless = unnamed_speaker(transcript(), 0)
    named = speaker(transcript(), "S0", "Ben", source="visual")

    done = name_similar_speakers([nameless.pk, named.pk], ana.id, actor="desk")

    assert [one.pk for one in done] == [nameless.pk]
    assert [one.name for one in TranscriptSpeaker.objects.all()] == ["Ana", "Ben"]
    assert AuditEntry.objects.get().transcript_id == nameless.transcript_id


def unnamed_speaker(of: Transcript, voice: int | dict[int, float]) -> TranscriptSpeaker:
    """Create a speaker without a name, with this voice."""
    vector = axis(voice) if isinstance(voice, int) else blend(voice)
    space = Space.for_engine(SPACE)
    known = {"embedding": list(vector), "space": space, "source": "unmatched"}
    return speaker(of, "S0", "Unknown_0", **known)
