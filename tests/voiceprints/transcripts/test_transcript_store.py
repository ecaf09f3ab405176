"""Tests of storing, rendering and deleting transcripts."""

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


def test_a_person_erased_meanwhile_is_unknown_and_has_no_embedding() -> None:
    store_transcript(
        named_transcript(NamedSpeaker("S0", "Emma", "voiceprint", axis(0))), PROVENANCE
    )

    stored = TranscriptSpeaker.objects.get()
    assert (stored.name, stored.source, stored.embedding) == ("Unknown_0", "unmatched", None)
    assert "Emma" not in str(Transcript.objects.values())


def test_a_person_renamed_meanwhile_is_still_linked() -> None:
    emma = consenting("Emma Brook", aliases=["Emma"])

    store_transcript(
        named_transcript(NamedSpeaker("S0", "Emma", "voiceprint", axis(0))), PROVENANCE
    )

    assert TranscriptSpeaker.objects.get().person == emma


def test_a_stored_name_is_spelled_as_the_library_spells_it() -> None:
    consenting("Emma Brook")

    store_transcript(
        named_transcript(NamedSpeaker("S0", "EMMA BROOK", "visual", axis(0))), PROVENANCE
    )

    assert TranscriptSpeaker.objects.get().name == "Emma Brook"


def test_the_local_user_known_by_voice_need_not_be_in_the_library() -> None:
    dialled_in = NamedSpeaker("S0", "Sam", "voiceprint", axis(0))
    at_the_mic = NamedSpeaker("mic", "Sam", "mic_channel", axis(0))

    store_transcript(named_transcript(dialled_in, at_the_mic), PROVENANCE)

    assert {speaker.name for speaker in TranscriptSpeaker.objects.all()} == {"Sam"}


def test_an_embedding_is_stored_at_length_one_in_its_space() -> None:
    store_transcript(
        named_transcript(NamedSpeaker("S0", "Emma", "visual", 7 * axis(0))), PROVENANCE
    )

    stored = TranscriptSpeaker.objects.get()
    assert stored.embedding == axis(0).tolist()
    assert stored.space == Space.named(SPACE)


@pytest.mark.parametrize("vector", [None, np.zeros(192), np.ones(256)])
def test_an_invalid_embedding_is_not_stored(vector: NDArray[np.float64] | None) -> None:
    store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual", vector)), PROVENANCE)

    assert TranscriptSpeaker.objects.get().embedding is None


def test_without_a_space_no_embedding_is_stored() -> None:
    speaker = NamedSpeaker("S0", "Emma", "visual", axis(0))

    store_transcript(NamedTranscript("mono", 9.0, (speaker,)), PROVENANCE)

    assert TranscriptSpeaker.objects.get().embedding is None


def test_the_first_speaker_of_a_name_has_all_its_blocks() -> None:
    split = [NamedSpeaker(label, "Emma", "visual", axis(0)) for label in ("S0", "S1")]

    stored = store_transcript(named_transcript(*split), PROVENANCE)

    first, second = stored.speakers.all()
    assert (first.blocks.count(), first.speech_s) == (1, 4.0)
    assert (second.blocks.count(), second.speech_s) == (0, 0.0)


def test_a_transcript_is_rendered_as_it_was_returned() -> None:
    stored = store_transcript(
        named_transcript(NamedSpeaker("S0", "Emma", "visual", axis(0))), PROVENANCE
    )

    rendered = render_transcript_json(stored)

    assert rendered["segments"] == [{"start_s": 0.0, "end_s": 4.0, "speaker": "Emma"}]
    assert rendered["speakers"] == [
        {"cluster": "S0", "name": "Emma", "source": "visual", "person": None}
    ]


def test_a_transcript_is_rendered_with_present_names() -> None:
    stored = store_transcript(
        named_transcript(NamedSpeaker("S0", "Unknown_0", "unmatched", axis(0))), PROVENANCE
    )
    stored.speakers.update(name="Emma", source="named_by_hand")

    assert render_transcript_json(stored)["segments"][0]["speaker"] == "Emma"
    assert render_transcript_json(stored)["speakers"][0]["source"] == "named_by_hand"
    assert [cue.speaker for cue in stored_cues(stored)] == ["Emma"]


def test_embeddings_are_rendered_only_on_request() -> None:
    stored = store_transcript(
        named_transcript(NamedSpeaker("S0", "Emma", "visual", axis(0))), PROVENANCE
    )

    assert "fingerprint" not in str(render_transcript_json(stored))
    assert (
        render_transcript_json(stored, with_vectors=True)["speakers"][0]["fingerprint"]
        == axis(0).tolist()
    )


def test_storing_and_deleting_are_audited() -> None:
    stored = store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)

    assert delete_transcript(stored.id, actor="archive")
    assert [(entry.actor, entry.action) for entry in AuditEntry.objects.all()] == [
        ("archive", "transcript_deleted"),
        ("desk", "transcript_stored"),
    ]


def test_a_transcript_with_a_stored_key_is_not_stored_again() -> None:
    first = store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual")), ONCE)
    again = store_transcript(named_transcript(NamedSpeaker("S0", "Ben", "visual")), ONCE)

    assert again == first == Transcript.objects.get()
    assert [speaker.name for speaker in TranscriptSpeaker.objects.all()] == ["Emma"]
    assert AuditEntry.objects.count() == 1


def test_a_deleted_transcript_can_be_stored_again() -> None:
    first = store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual")), ONCE)
    delete_transcript(first.id, actor="archive")
    again = store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual")), ONCE)

    assert again == Transcript.objects.get() != first


def test_a_transcript_without_a_key_is_stored_each_time() -> None:
    store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)
    store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)

    assert Transcript.objects.count() == 2


def test_a_missing_transcript_is_not_deleted() -> None:
    stored = store_transcript(named_transcript(NamedSpeaker("S0", "Emma", "visual")), PROVENANCE)
    delete_transcript(stored.id, actor="archive")

    assert not delete_transcript(stored.id, actor="archive")
    assert AuditEntry.objects.count() == 2


def named_transcript(*speakers: NamedSpeaker) -> NamedTranscript:
    """Return a transcript in which the first speaker talks for four seconds."""
    turns = (Turn(0.0, 4.0, speakers[0].name),)
    models = {"embedding": SPACE}
    return NamedTranscript("mono", 9.0, speakers, turns=turns, models=models)
