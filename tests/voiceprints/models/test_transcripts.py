"""Tests of the constraints on transcripts, speakers and blocks."""

import pytest
from django.db import IntegrityError

from tests.voiceprints.models.immediate_changes import update_now
from tests.voiceprints.people import axis, speaker, transcript
from voiceprints.models import (
    Block,
    Space,
    Transcript,
    TranscriptSpeaker,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value"),
    [("sha256", "AB" * 32), ("sha256", "ab"), ("duration", -1.0), ("mode", "stereo")],
)
def test_a_transcript_cannot_get_an_invalid_value(field: str, value: object) -> None:
    transcript()

    with pytest.raises(IntegrityError):
        update_now(Transcript, field, value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("source", "rumour"),
        ("speech_s", -1.0),
        ("embedding", list(axis(0))),
    ],
)
def test_a_speaker_cannot_get_an_invalid_value(field: str, value: object) -> None:
    speaker(transcript(), "Speaker_0", "Ana")

    with pytest.raises(IntegrityError):
        update_now(TranscriptSpeaker, field, value)


def test_a_speakers_embedding_has_length_one() -> None:
    placed = {"space": Space.for_engine("titanet"), "embedding": list(axis(0) * 2)}

    with pytest.raises(IntegrityError, match="speaker_fingerprint_is_placed"):
        speaker(transcript(), "Speaker_0", "Ana", **placed)


def test_a_label_is_unique_in_a_transcript() -> None:
    meeting = transcript()
    speaker(meeting, "Speaker_0", "Ana")

    with pytest.raises(IntegrityError, match="speaker_label_is_one"):
        speaker(meeting, "Speaker_0", "Ben")


@pytest.mark.parametrize(("field", "value"), [("end_ms", 1), ("start_ms", -1), ("position", -1)])
def test_a_block_cannot_get_an_invalid_value(field: str, value: int) -> None:
    meeting = transcript()
    ana = speaker(meeting, "Speaker_0", "Ana")
    Block.objects.create(transcript=meeting, speaker=ana, position=0, start_ms=5, end_ms=9)

    with pytest.raises(IntegrityError):
        update_now(Block, field, value)


def test_a_block_is_found_by_its_words() -> None:
    meeting = transcript()
    common = {"transcript": meeting, "speaker": speaker(meeting, "S", "Ana")}
    Block.objects.create(position=0, start_ms=0, end_ms=9, text="Good morning, Emma.", **common)
    Block.objects.create(position=1, start_ms=9, end_ms=10, text="Hello.", **common)

    found = Block.objects.with_words("morning")

    assert [block.position for block in found] == [0]


def test_deleting_a_transcript_deletes_its_blocks() -> None:
    meeting = transcript()
    ana = speaker(meeting, "Speaker_0", "Ana")
    Block.objects.create(transcript=meeting, speaker=ana, position=0, start_ms=0, end_ms=9)

    meeting.delete()

    assert not Block.objects.exists()
    assert not TranscriptSpeaker.objects.exists()
