"""The whole named transcript of a recording of one track."""

from collections.abc import Sequence

import numpy as np
import pytest

from audio.merge.named_transcript import name_transcript
from audio.merge.naming.acceptance import EVIDENCE_RULE, EvidenceRule
from audio.merge.naming.overlap import OVERLAP_RULE, OverlapRule
from audio.merge.values import (
    NO_VOICES,
    Block,
    Diarization,
    KnownClock,
    Notice,
    TimelineEntry,
    Transcription,
    Turn,
    Voices,
)
from tests.audio.merge.recordings import answer, axis, diarization, track, words

ANN = [TimelineEntry(0.0, 60.0, "Ann")]
LOUD, QUIET = track((0.5, 10.0)), track((0.1, 10.0))
SILENT = answer(diarization(), ())
SILENT_SYSTEM = answer(diarization(), (), QUIET)


def codes(warnings: Sequence[Notice]) -> list[str]:
    return [notice.code for notice in warnings]


def test_one_track_without_words_is_named_turns() -> None:
    transcript = name_transcript(diarization((0.0, 2.0, "A"), duration=5.0), None, ANN, NO_VOICES)

    assert transcript.turns == (Turn(0.0, 2.0, "Ann"),)
    assert (transcript.mode, transcript.duration, transcript.blocks) == ("mono", 5.0, ())


def test_a_named_turn_keeps_its_confidence() -> None:
    diarized = Diarization((Turn(0.0, 2.0, "A", 0.97),), ("A",))

    assert name_transcript(diarized, None, ANN, NO_VOICES).turns == (Turn(0.0, 2.0, "Ann", 0.97),)


def test_one_track_with_words_is_named_blocks() -> None:
    transcribed = Transcription("hi", words((0.5, 1.0, "hi")), model="parakeet")

    transcript = name_transcript(diarization((0.0, 2.0, "A")), transcribed, ANN, NO_VOICES)

    assert transcript.blocks == (Block(500, 1000, "Ann", "hi"),)
    assert (transcript.turns, transcript.models) == ((), {"transcription": "parakeet"})


def test_a_word_without_a_speaker_stays_speaker_unknown() -> None:
    transcribed = Transcription("hi", words((8.0, 9.0, "hi")))

    transcript = name_transcript(diarization((0.0, 2.0, "A")), transcribed, ANN, NO_VOICES)

    assert transcript.blocks == (Block(8000, 9000, "Speaker_unknown", "hi"),)


def test_a_label_outside_the_detected_ones_is_named_in_turns_blocks_and_speakers() -> None:
    diarized = diarization((0.0, 2.0, "C"), speakers=["A"])
    transcribed = Transcription("hi", words((0.5, 1.0, "hi")))

    transcript = name_transcript(diarized, transcribed, ANN, NO_VOICES)

    assert transcript.blocks[0].speaker == "Ann"
    assert transcript.speakers[1].name == "Ann"
    assert name_transcript(diarized, None, ANN, NO_VOICES).turns[0].speaker == "Ann"


def test_a_text_without_words_is_one_named_block_with_a_warning() -> None:
    diarized = diarization((0.0, 2.0, "A"), duration=3.0)

    transcript = name_transcript(diarized, Transcription("Hello.", ()), ANN, NO_VOICES)

    assert transcript.blocks == (Block(0, 3000, "Ann", "Hello."),)
    assert codes(transcript.warnings) == ["text_without_words"]


def test_known_voices_of_another_length_are_skipped_with_a_warning() -> None:
    diarized = diarization((0.0, 2.0, "A"), embeddings={"A": axis(0)})

    transcript = name_transcript(diarized, None, [], Voices(("Bob",), np.ones((1, 3))))

    assert transcript.speakers[0].name == "Unknown_0"
    assert codes(transcript.warnings) == ["voiceprints_skipped"]


def test_by_evidence_one_track_has_the_timelines_offset() -> None:
    diarized = diarization((0.0, 8.0, "A"), (8.0, 16.0, "B"))
    entries = [TimelineEntry(1.0, 9.0, "Ann"), TimelineEntry(9.0, 17.0, "Bob")]

    transcript = name_transcript(diarized, None, entries, NO_VOICES, rule=EVIDENCE_RULE)

    assert [turn.speaker for turn in transcript.turns] == ["Ann", "Bob"]
    assert transcript.timeline_offset_s == 1.0


@pytest.mark.parametrize("rule", [OVERLAP_RULE, EVIDENCE_RULE])
def test_one_name_in_two_spellings_is_one_person_spelled_as_first_shown(
    rule: OverlapRule | EvidenceRule,
) -> None:
    diarized = diarization((0.0, 30.0, "A"), (30.0, 60.0, "B"), duration=60.0)
    entries = [
        TimelineEntry(12.0, 24.0, "ANN  LEE"),
        TimelineEntry(0.0, 12.0, "Ann Lee"),
        TimelineEntry(30.0, 60.0, "Bob"),
    ]

    transcript = name_transcript(diarized, None, entries, NO_VOICES, rule=rule)

    assert [one.name for one in transcript.speakers] == ["Ann Lee", "Bob"]


def test_a_tile_is_spelled_as_the_known_voice_and_they_are_one_person() -> None:
    embeddings = {"A": axis(0), "B": axis(1)}
    diarized = diarization((0.0, 6.0, "A"), (6.0, 12.0, "B"), embeddings=embeddings)
    voices = Voices(("Emma Brook",), axis(1)[None])

    transcript = name_transcript(diarized, None, [TimelineEntry(0, 6, "emma brook")], voices)

    assert [one.name for one in transcript.speakers] == ["Emma Brook", "Emma Brook"]
    assert list(transcript.embeddings) == ["Emma Brook"]


@pytest.mark.parametrize("rule", [OVERLAP_RULE, EVIDENCE_RULE])
def test_a_timeline_outside_the_recording_names_no_speaker_and_is_reported(
    rule: OverlapRule | EvidenceRule,
) -> None:
    diarized = diarization((0.0, 6.0, "A"), duration=12.0)

    transcript = name_transcript(
        diarized, None, [TimelineEntry(5000.0, 5006.0, "Ann")], NO_VOICES, rule=rule
    )

    assert "timeline_outside" in codes(transcript.warnings)


def test_milliseconds_name_no_speaker_by_overlap() -> None:
    diarized = diarization((0.0, 6.0, "A"), (6.0, 12.0, "B"), duration=12.0)
    entries = [TimelineEntry(0, 6000, "Ann"), TimelineEntry(6000, 12000, "Bob")]

    transcript = name_transcript(diarized, None, entries, NO_VOICES)

    assert [one.name for one in transcript.speakers] == ["Unknown_0", "Unknown_1"]
    assert codes(transcript.warnings) == ["timeline_milliseconds"]


def test_times_whose_unit_is_known_keep_it() -> None:
    diarized = diarization((0.0, 6.0, "A"), (6.0, 12.0, "B"), duration=12.0)
    entries = [TimelineEntry(0, 6000, "Ann"), TimelineEntry(6000, 12000, "Bob")]
    clock = KnownClock(is_unit_known=True)

    transcript = name_transcript(diarized, None, entries, NO_VOICES, known_clock=clock)

    assert [one.name for one in transcript.speakers] == ["Ann", "Ann"]
    assert "timeline_milliseconds" not in codes(transcript.warnings)


def test_milliseconds_are_read_as_seconds_by_evidence() -> None:
    diarized = diarization((0.0, 30.0, "A"), (30.0, 60.0, "B"), duration=60.0)
    entries = [TimelineEntry(0, 30000, "Ann"), TimelineEntry(30000, 60000, "Bob")]

    transcript = name_transcript(diarized, None, entries, NO_VOICES, rule=EVIDENCE_RULE)

    assert [one.name for one in transcript.speakers] == ["Ann", "Bob"]
    assert codes(transcript.warnings) == ["timeline_milliseconds"]
