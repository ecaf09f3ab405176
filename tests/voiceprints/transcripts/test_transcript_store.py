"""What becomes of a transcript between hearing it and keeping it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from audio.library import Provenance
from audio.merge.values import NamedSpeaker, NamedTranscript, Turn
from tests.voiceprints.people import SHA256, SPACE, axis, consenting
from voiceprints.models import AuditEntry, Space, Transcript, TranscriptSpeaker
from voiceprints.transcripts.transcript_rendering import render_transcript_json, stored_cues
from voiceprints.transcripts.transcript_store import delete_transcript, store_transcript

pytestmark = pytest.mark.django_db
PROVENANCE = Provenance(sha256=SHA256, created_by="desk")
ONCE = Provenance(sha256=SHA256, created_by="desk", key="of this and so")


def test_somebody_forgotten_meanwhile_is_a_stranger_without_a_voice() -> None:
    store_transcript(heard(NamedSpeaker("S0", "Emma", "voiceprint", axis(0))), PROVENANCE)

    kept = TranscriptSpeaker.objects.get()
    assert (kept.name, kept.source, kept.embedding) == ("Unknown_0", "unmatched", None)
    assert "Emma" not in str(Transcript.objects.values())


def test_somebody_renamed_meanwhile_is_still_known() -> None:
    emma = consenting("Emma Brook", aliases=["Emma"])

    store_transcript(heard(NamedSpeaker("S0", "Emma", "voiceprint", axis(0))), PROVENANCE)

    assert TranscriptSpeaker.objects.get().person == emma


def test_the_local_user_known_by_voice_need_not_be_in_the_library() -> None:
    dialled_in = NamedSpeaker("S0", "Sam", "voiceprint", axis(0))
    at_the_mic = NamedSpeaker("mic", "Sam", "mic_channel", axis(0))

    store_transcript(heard(dialled_in, at_the_mic), PROVENANCE)

    assert {speaker.name for speaker in TranscriptSpeaker.objects.all()} == {"Sam"}


def test_a_fingerprint_is_kept_at_length_one_in_its_space() -> None:
    store_transcript(heard(NamedSpeaker("S0", "Emma", "visual", 7 * axis(0))), PROVENANCE)

    kept = TranscriptSpeaker.objects.get()
    assert kept.embedding == axis(0).tolist()
    assert kept.space == Space.named(SPACE)


@pytest.mark.parametrize("vector", [None, np.zeros(192), np.ones(256)])
def test_what_is_no_fingerprint_is_not_kept(vector: NDArray[np.float64] | None) -> None:
    store_transcript(heard(NamedSpeaker("S0", "Emma", "visual", vector)), PROVENANCE)

    assert TranscriptSpeaker.objects.get().embedding is None


def test_without_a_space_no_fingerprint_is_kept() -> None:
    speaker = NamedSpeaker("S0", "Emma", "visual", axis(0))

    store_transcript(NamedTranscript("mono", 9.0, (speaker,)), PROVENANCE)

    assert TranscriptSpeaker.objects.get().embedding is None


def test_the_first_of_a_name_has_the_blocks_of_all() -> None:
    split = [NamedSpeaker(label, "Emma", "visual", axis(0)) for label in ("S0", "S1")]

    kept = store_transcript(heard(*split), PROVENANCE)

    first, second = kept.speakers.all()
    assert (first.blocks.count(), first.speech_s) == (1, 4.0)
    assert (second.blocks.count(), second.speech_s) == (0, 0.0)


def test_a_transcript_is_told_again_as_it_was_given() -> None:
    kept = store_transcript(heard(NamedSpeaker("S0", "Emma", "visual", axis(0))), PROVENANCE)

    told = render_transcript_json(kept)

    assert told["segments"] == [{"start_s": 0.0, "end_s": 4.0, "speaker": "Emma"}]
    assert told["speakers"] == [
        {"cluster": "S0", "name": "Emma", "source": "visual", "person": None}
    ]


def test_a_transcript_is_told_under_the_names_of_today() -> None:
    kept = store_transcript(
        heard(NamedSpeaker("S0", "Unknown_0", "unmatched", axis(0))), PROVENANCE
    )
    kept.speakers.update(name="Emma", source="named_by_hand")

    assert render_transcript_json(kept)["segments"][0]["speaker"] == "Emma"
    assert render_transcript_json(kept)["speakers"][0]["source"] == "named_by_hand"
    assert [cue.speaker for cue in stored_cues(kept)] == ["Emma"]


def test_a_vector_is_told_only_when_asked_for() -> None:
    kept = store_transcript(heard(NamedSpeaker("S0", "Emma", "visual", axis(0))), PROVENANCE)

    assert "fingerprint" not in str(render_transcript_json(kept))
    assert (
        render_transcript_json(kept, with_vectors=True)["speakers"][0]["fingerprint"]
        == axis(0).tolist()
    )


def test_keeping_and_discarding_are_audited() -> None:
    kept = store_transcript(heard(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)

    assert delete_transcript(kept.id, actor="archive")
    assert [(entry.actor, entry.action) for entry in AuditEntry.objects.all()] == [
        ("archive", "transcript_deleted"),
        ("desk", "transcript_stored"),
    ]


def test_the_same_is_kept_once_and_stays_as_it_was() -> None:
    first = store_transcript(heard(NamedSpeaker("S0", "Emma", "visual")), ONCE)
    again = store_transcript(heard(NamedSpeaker("S0", "Ben", "visual")), ONCE)

    assert again == first == Transcript.objects.get()
    assert [speaker.name for speaker in TranscriptSpeaker.objects.all()] == ["Emma"]
    assert AuditEntry.objects.count() == 1


def test_what_was_discarded_may_be_kept_again() -> None:
    first = store_transcript(heard(NamedSpeaker("S0", "Emma", "visual")), ONCE)
    delete_transcript(first.id, actor="archive")
    again = store_transcript(heard(NamedSpeaker("S0", "Emma", "visual")), ONCE)

    assert again == Transcript.objects.get() != first


def test_what_has_no_key_is_kept_each_time() -> None:
    store_transcript(heard(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)
    store_transcript(heard(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)

    assert Transcript.objects.count() == 2


def test_what_is_not_there_is_not_discarded() -> None:
    kept = store_transcript(heard(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)
    delete_transcript(kept.id, actor="archive")

    assert not delete_transcript(kept.id, actor="archive")
    assert AuditEntry.objects.count() == 2


def heard(*speakers: NamedSpeaker) -> NamedTranscript:
    """Four seconds of the first speaker."""
    turns = (Turn(0.0, 4.0, speakers[0].name),)
    models = {"embedding": SPACE}
    return NamedTranscript("mono", 9.0, speakers, turns=turns, models=models)
