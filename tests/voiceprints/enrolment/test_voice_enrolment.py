"""Tests of enrolment with a scripted engine."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone
from numpy.typing import NDArray
from pytest_django import Settings

from audio.media.recording import Recording
from audio.merge.values import Span
from tests.faults import FaultServer
from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from tests.voiceprints.voices import tone
from voiceprints.enrolment.voice_enrolment import (
    enrol_embedding,
    enrol_named,
    enrol_recordings,
    enrol_span,
    enrol_speaker,
)
from voiceprints.matching.speaker_lookup import SpeakerNotFound, SpeakerReference
from voiceprints.models import AuditEntry, Person, Space, TranscriptSpeaker, Voiceprint
from voiceprints.people.consent import Consent
from voiceprints.people.enrolment_errors import (
    AnotherVoice,
    ConsentEnded,
    ConsentMissing,
    TooLittleSpeech,
    UnusableEmbedding,
    VoiceTaken,
)
from voiceprints.storage.locks import PersonNotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_engine")]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return tone(tmp_path / "ana.wav")


def test_a_voice_is_enrolled_from_a_recording(recording: Recording) -> None:
    enrolled = enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    stored = Voiceprint.objects.get()
    assert stored == enrolled
    assert stored.vector == pytest.approx(axis(0))
    assert (stored.source, stored.created_by, str(stored.space)) == ("enrolment", "desk", SPACE)
    assert (stored.speech_s, stored.sample_start_s, stored.sample_end_s) == (12.0, 0.25, 12.25)


def test_several_recordings_make_one_voiceprint(recording: Recording, tmp_path: Path) -> None:
    other = tone(tmp_path / "again.wav")

    enrolled = enrol_recordings(consenting("Ana").id, [recording, other], actor="desk")

    assert (enrolled.speech_s, enrolled.quality["windows"]) == (24.0, 8)
    assert enrolled.sample_start_s is None


def test_a_second_enrolment_adds_a_voiceprint(recording: Recording) -> None:
    ana = consenting("Ana")

    enrol_recordings(ana.id, [recording], actor="desk")
    enrol_recordings(ana.id, [recording], actor="desk")

    assert ana.voiceprints.count() == 2


def test_without_consent_no_engine_is_called(faults: FaultServer, recording: Recording) -> None:
    silent = Person.objects.create(name="Ana")

    with pytest.raises(ConsentMissing):
        enrol_recordings(silent.id, [recording], actor="desk")
    assert faults.paths() == []


def test_consent_that_has_ended_is_refused(recording: Recording) -> None:
    past = consenting("Ana", consent_until=timezone.now() - timedelta(hours=1))

    with pytest.raises(ConsentEnded):
        enrol_recordings(past.id, [recording], actor="desk")


def test_an_unknown_person_cannot_be_enrolled(recording: Recording) -> None:
    with pytest.raises(PersonNotFound):
        enrol_recordings(uuid4(), [recording], actor="desk")


def heard_in_a_transcript(**fields: object) -> TranscriptSpeaker:
    voice = {"embedding": list(axis(0)), "space": Space.for_engine(SPACE), "speech_s": 25.0}
    return speaker(transcript(), "Speaker_0", "Unknown_0", **{**voice, **fields})


def of(shown: TranscriptSpeaker) -> SpeakerReference:
    return SpeakerReference(shown.transcript_id, shown.label)


def test_a_voice_is_enrolled_from_a_speaker_of_a_transcript() -> None:
    shown = heard_in_a_transcript()

    enrolled = enrol_speaker(consenting("Ana").id, of(shown), actor="desk")

    assert enrolled.vector == pytest.approx(axis(0))
    assert (enrolled.source, enrolled.speech_s) == ("transcript", 25.0)
    assert enrolled.transcript_speaker == shown


def test_a_speaker_is_enrolled_once() -> None:
    ana, shown = consenting("Ana"), heard_in_a_transcript()

    first = enrol_speaker(ana.id, of(shown), actor="desk")
    again = enrol_speaker(ana.id, of(shown), actor="desk")

    assert first == again
    assert Voiceprint.objects.count() == 1


def test_a_speaker_with_little_speech_is_refused() -> None:
    shown = heard_in_a_transcript(speech_s=9.9)

    with pytest.raises(TooLittleSpeech):
        enrol_speaker(consenting("Ana").id, of(shown), actor="desk")


def test_a_speaker_without_embedding_is_refused() -> None:
    shown = heard_in_a_transcript(embedding=None, space=None)

    with pytest.raises(UnusableEmbedding, match="has no embedding"):
        enrol_speaker(consenting("Ana").id, of(shown), actor="desk")


def test_an_unknown_speaker_is_refused() -> None:
    shown = heard_in_a_transcript()

    with pytest.raises(SpeakerNotFound):
        enrol_speaker(
            consenting("Ana").id, SpeakerReference(shown.transcript_id, "Speaker_9"), actor="desk"
        )


def test_a_voice_is_enrolled_from_a_span_of_the_recording(recording: Recording) -> None:
    shown = heard_in_a_transcript()

    enrolled = enrol_span(
        consenting("Ana").id, recording, Span(1.0, 12.0), speaker=of(shown), actor="desk"
    )

    assert (enrolled.source, enrolled.speech_s) == ("transcript", 10.5)
    assert (enrolled.sample_start_s, enrolled.sample_end_s) == (1.25, 11.75)
    assert enrolled.transcript_speaker == shown


def test_a_span_of_another_recording_is_refused(recording: Recording) -> None:
    shown = heard_in_a_transcript(embedding=list(axis(1)))

    with pytest.raises(AnotherVoice, match=r"similarity 0.00"):
        enrol_span(
            consenting("Ana").id, recording, Span(0.0, 13.0), speaker=of(shown), actor="desk"
        )


def test_a_span_that_is_too_short_is_refused(recording: Recording) -> None:
    shown = heard_in_a_transcript()

    with pytest.raises(TooLittleSpeech):
        enrol_span(
            consenting("Ana").id, recording, Span(2.0, 6.0), speaker=of(shown), actor="desk"
        )


def test_a_given_embedding_is_stored_at_length_one() -> None:
    enrolled = enrol_embedding(consenting("Ana").id, 7 * axis(3), "titanet@2", actor="desk")

    assert enrolled.vector == pytest.approx(axis(3))
    assert (enrolled.source, str(enrolled.space), enrolled.speech_s) == (
        "caller",
        "titanet@2",
        None,
    )


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_an_embedding_of_any_scale_is_stored(scale: float) -> None:
    given = scale * blend({0: 0.6, 1: 0.8})

    enrolled = enrol_embedding(consenting("Ana").id, given, SPACE, actor="desk")

    assert enrolled.vector[:2] == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ones(191), "expected 192 numbers, got 191"),
        (np.zeros(192), "not all zero"),
        (np.full(192, np.nan), "finite"),
        (np.full(192, np.inf), "finite"),
    ],
)
def test_numbers_that_are_not_an_embedding_are_refused(
    given: NDArray[np.float64], message: str
) -> None:
    with pytest.raises(UnusableEmbedding, match=f"vector: .*{message}"):
        enrol_embedding(consenting("Ana").id, given, SPACE, actor="desk")


def test_an_embedding_needs_its_space() -> None:
    with pytest.raises(UnusableEmbedding, match="space: expected"):
        enrol_embedding(consenting("Ana").id, axis(0), " ", actor="desk")


def test_a_new_person_is_enrolled_with_consent(recording: Recording) -> None:
    enrolled = enrol_named(
        " Ana  Ruiz ", [recording], consent=Consent("signed form"), actor="desk"
    )

    assert enrolled.person.name == "Ana Ruiz"
    assert enrolled.person.consent_how == "signed form"
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "person_created",
        "consent_changed",
        "enrolled",
    ]


def test_a_new_person_is_not_created_without_consent(
    faults: FaultServer, recording: Recording
) -> None:
    with pytest.raises(ConsentMissing):
        enrol_named("Ana", [recording], consent=None, actor="desk")
    assert not Person.objects.exists()
    assert faults.paths() == []


def test_a_new_person_is_not_created_if_the_voice_is_refused(recording: Recording) -> None:
    voiceprint_of(consenting("Ben"), axis(0))

    with pytest.raises(VoiceTaken):
        enrol_named("Ana", [recording], consent=Consent("signed form"), actor="desk")

    assert Person.objects.get().name == "Ben"


def test_consent_in_force_is_not_replaced(recording: Recording) -> None:
    consenting("Ana")

    enrolled = enrol_named("ana", [recording], consent=Consent("by mail"), actor="desk")

    assert (enrolled.person.name, enrolled.person.consent_how) == ("Ana", "in writing")


def test_a_dry_run_stores_nothing(recording: Recording, settings: Settings) -> None:
    settings.KEEP_SAMPLES = True

    would = enrol_named(
        "Ana", [recording], consent=Consent("signed form"), actor="desk", dry_run=True
    )

    assert would.speech_s == 12.0
    assert not Person.objects.exists()
    assert list(Path(settings.MEDIA_ROOT).rglob("*.wav")) == []
