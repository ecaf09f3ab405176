"""Tests of merging speakers, and of giving blocks to a new speaker."""

import pytest

from tests.voiceprints.corrections.meetings import ACTOR, allow, store_meeting
from tests.voiceprints.people import axis, consenting
from voiceprints.corrections.correction_errors import Uncorrectable
from voiceprints.corrections.speaker_corrections import merge_speakers, split_speaker
from voiceprints.matching.speaker_lookup import SpeakerReference
from voiceprints.models import Correction, Transcript
from voiceprints.transcripts.speaker_naming import name_speaker
from voiceprints.transcripts.transcript_rendering import render_transcript_json

pytestmark = pytest.mark.django_db


def merge(meeting: Transcript, label: str, into: str) -> None:
    """Merge two speakers."""
    merge_speakers(SpeakerReference(meeting.pk, label), into, check=allow, actor=ACTOR)


def split(meeting: Transcript, label: str, *places: int) -> Correction:
    """Give blocks of a speaker to a new one."""
    return split_speaker(SpeakerReference(meeting.pk, label), places, check=allow, actor=ACTOR)


def shown_names(meeting: Transcript) -> list[str]:
    """Return the names of the blocks as the API shows them."""
    return [segment["speaker"] for segment in render_transcript_json(meeting)["segments"]]


def test_merged_speakers_are_one_in_name_and_blocks() -> None:
    meeting = store_meeting()

    merge(meeting, "Speaker_2", "Speaker_0")

    assert shown_names(meeting) == ["Ana", "Unknown_0", "Ana", "Ana", "Unknown_0"]
    merged, first = (
        meeting.speakers.get(label="Speaker_2"),
        meeting.speakers.get(label="Speaker_0"),
    )
    assert (merged.name, merged.blocks.count(), merged.embedding) == ("Ana", 0, axis(2).tolist())
    assert (first.speech_s, first.embedding) == (6 + 5 + 3, axis(0).tolist())


def test_merged_speakers_are_named_together() -> None:
    meeting, eva = store_meeting(), consenting("Eva")
    merge(meeting, "Speaker_2", "Speaker_1")

    name_speaker(meeting.pk, "Speaker_1", eva.pk, actor=ACTOR)

    assert shown_names(meeting) == ["Ana", "Eva", "Eva", "Ana", "Eva"]


def test_a_speaker_is_not_merged_with_one_of_the_same_name() -> None:
    meeting = store_meeting()
    merge(meeting, "Speaker_2", "Speaker_1")

    with pytest.raises(Uncorrectable, match="into: expected the label of another speaker"):
        merge(meeting, "Speaker_1", "Speaker_2")


def test_blocks_are_split_off_to_a_speaker_without_name_and_voice() -> None:
    meeting = store_meeting()

    done = split(meeting, "Speaker_1", 4)

    new = meeting.speakers.get(label="Speaker_3")
    assert (done.into, new.name, new.source, new.speech_s) == (
        "Speaker_3",
        "Unknown_2",
        "unmatched",
        1,
    )
    assert new.embedding is None
    assert shown_names(meeting) == ["Ana", "Unknown_0", "Unknown_1", "Ana", "Unknown_2"]
    assert render_transcript_json(meeting)["speakers"][-1] == {
        "cluster": "Speaker_3",
        "name": "Unknown_2",
        "source": "unmatched",
        "person": None,
    }


@pytest.mark.parametrize("places", [(0,), (4, 9)])
def test_only_blocks_of_the_speaker_are_split_off(places: tuple[int, ...]) -> None:
    meeting = store_meeting()

    with pytest.raises(Uncorrectable, match="blocks: expected the places of blocks"):
        split(meeting, "Speaker_1", *places)


def test_a_speaker_keeps_a_block() -> None:
    meeting = store_meeting()

    with pytest.raises(Uncorrectable, match="not all"):
        split(meeting, "Speaker_1", 1, 4)
