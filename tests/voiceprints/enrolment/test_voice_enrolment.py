"""Tests of enrolment with a scripted engine."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone
from numpy.typing import NDArray
from pytest_django import Settings

from audio.engines.failures import EngineNonsense, EngineRefused, EngineUnreachable
from audio.media.decoding import UndecodableAudio
from audio.media.recording import Recording
from audio.merge.values import Span
from tests.bucket_server import BucketOfTests
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
from tests.voiceprints.voices import DIARIZE, script_voice, tone
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
    Clipped,
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


def test_a_voiceprint_has_its_quality(recording: Recording) -> None:
    voiceprint_of(consenting("Ben"), blend({0: 0.3, 1: 0.954}))

    quality = enrol_recordings(consenting("Ana").id, [recording], actor="desk").quality

    assert quality == {
        "windows": 4,
        "discarded": 0,
        "cohesion": 1.0,
        "clipping_share": 0.0,
        "nearest_other": 0.3,
    }


def test_an_enrolment_is_audited(recording: Recording) -> None:
    ana = consenting("Ana")

    enrolled = enrol_recordings(ana.id, [recording], actor="desk")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("desk", "enrolled", ana.id)
    assert entry.detail == {
        "voiceprint": str(enrolled.id),
        "source": "enrolment",
        "speech_s": 12.0,
    }


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


def test_the_number_of_windows_is_limited(faults: FaultServer, tmp_path: Path) -> None:
    script_voice(faults, seconds=150.0)

    enrolled = enrol_recordings(
        consenting("Ana").id, [tone(tmp_path / "long.wav", 151.0)], actor="desk"
    )

    assert enrolled.quality["windows"] == 40
    assert faults.paths().count(DIARIZE) == 41


def test_too_little_speech_is_refused(faults: FaultServer, recording: Recording) -> None:
    script_voice(faults, seconds=9.5)

    with pytest.raises(TooLittleSpeech, match=r"Only 9.0 s .* needs 10 s"):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_only_speech_that_the_recording_contains_counts(
    faults: FaultServer, tmp_path: Path
) -> None:
    with pytest.raises(TooLittleSpeech):
        enrol_recordings(consenting("Ana").id, [tone(tmp_path / "cut.wav", 5.0)], actor="desk")


def test_a_recording_that_clips_is_refused(tmp_path: Path) -> None:
    loud = tone(tmp_path / "loud.wav", amplitude=32_700)

    with pytest.raises(Clipped, match="clipped in 100% of the samples"):
        enrol_recordings(consenting("Ana").id, [loud], actor="desk")


def test_an_invalid_recording_is_refused_before_the_engine_is_called(
    faults: FaultServer, recording: Recording, tmp_path: Path
) -> None:
    (tmp_path / "noise.wav").write_bytes(b"no audio at all")

    with pytest.raises(UndecodableAudio, match=r"file\[1\]: "):
        enrol_recordings(
            consenting("Ana").id, [recording, Recording(tmp_path / "noise.wav")], actor="desk"
        )
    assert faults.paths() == []


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


def test_the_voice_of_another_person_is_refused_with_the_name(recording: Recording) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, blend({0: 0.8, 1: 0.6}))

    with pytest.raises(VoiceTaken) as refused:
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert (refused.value.person_id, refused.value.name) == (ben.id, "Ben")
    assert refused.value.similarity == pytest.approx(0.8)
    assert "Ben" not in str(refused.value)


def test_a_voice_is_taken_at_the_threshold_of_its_space(recording: Recording) -> None:
    voiceprint_of(consenting("Ben"), blend({0: 0.8, 1: 0.6}))
    Space.objects.update(threshold=0.9)

    enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert Voiceprint.objects.count() == 2


def test_the_voice_of_a_person_without_consent_is_free(recording: Recording) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))
    Person.objects.filter(pk=ben.pk).update(consent_until=timezone.now())

    enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert Voiceprint.objects.count() == 2


def test_an_engine_that_does_not_name_its_model_is_refused(
    faults: FaultServer, recording: Recording
) -> None:
    script_voice(faults, space="")

    with pytest.raises(EngineNonsense, match="does not name the model"):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_embeddings_of_another_dimension_are_refused(
    faults: FaultServer, recording: Recording
) -> None:
    script_voice(faults, np.ones(256))

    with pytest.raises(UnusableEmbedding, match="256 numbers; this library stores 192"):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_an_unreachable_engine_is_reported(settings: Settings, recording: Recording) -> None:
    settings.PARAKEET_URL = "http://127.0.0.1:9"

    with pytest.raises(EngineUnreachable):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")


def test_samples_are_not_stored_by_default(recording: Recording, settings: Settings) -> None:
    enrolled = enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert not enrolled.sample
    assert not Path(settings.MEDIA_ROOT).exists()


def test_the_enrolled_speech_is_stored_if_samples_are_on(
    recording: Recording, settings: Settings
) -> None:
    settings.KEEP_SAMPLES = True

    enrolled = enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert enrolled.sample.name == f"samples/{enrolled.id}.wav"
    assert enrolled.sample.size == 44 + 12 * 16_000 * 2


def test_the_enrolled_speech_is_stored_in_the_bucket(
    recording: Recording, settings: Settings, bucket_in_use: BucketOfTests
) -> None:
    settings.KEEP_SAMPLES = True

    enrolled = enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert list(bucket_in_use.contents()) == [f"samples/{enrolled.id}.wav"]
    assert enrolled.sample.size == 44 + 12 * 16_000 * 2


def test_a_sample_has_at_most_half_a_minute(
    faults: FaultServer, settings: Settings, tmp_path: Path
) -> None:
    settings.KEEP_SAMPLES = True
    script_voice(faults, seconds=60.0)

    enrolled = enrol_recordings(
        consenting("Ana").id, [tone(tmp_path / "long.wav", 61.0)], actor="desk"
    )

    assert enrolled.sample.size == 44 + 30 * 16_000 * 2


def test_a_refused_voice_leaves_no_sample(recording: Recording, settings: Settings) -> None:
    settings.KEEP_SAMPLES = True
    voiceprint_of(consenting("Ben"), axis(0))

    with pytest.raises(VoiceTaken):
        enrol_recordings(consenting("Ana").id, [recording], actor="desk")

    assert list(Path(settings.MEDIA_ROOT).rglob("*.wav")) == []


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


def test_a_refusal_names_the_recording(recording: Recording, scripted_engine: FaultServer) -> None:
    scripted_engine.answer(DIARIZE, {"detail": "too long"}, status=413)

    with pytest.raises(EngineRefused, match=r"^file\[[01]\]: too long$"):
        enrol_recordings(consenting("Ana").id, [recording, recording], actor="desk")
