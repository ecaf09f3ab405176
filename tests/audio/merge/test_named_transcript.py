"""The whole named transcript of a recording."""

from collections.abc import Sequence

import numpy as np
import pytest

from audio.merge.named_transcript import name_transcript
from audio.merge.naming.acceptance import EVIDENCE_RULE
from audio.merge.tracks.loudness import Track
from audio.merge.tracks.two_track_transcript import AnalysedTrack, name_two_tracks
from audio.merge.values import (
    NO_VOICES,
    Block,
    Diarization,
    Notice,
    Span,
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
    heard = Diarization((Turn(0.0, 2.0, "A", 0.97),), ("A",))

    assert name_transcript(heard, None, ANN, NO_VOICES).turns == (Turn(0.0, 2.0, "Ann", 0.97),)


def test_one_track_with_words_is_named_blocks() -> None:
    said = Transcription("hi", words((0.5, 1.0, "hi")), model="parakeet")

    transcript = name_transcript(diarization((0.0, 2.0, "A")), said, ANN, NO_VOICES)

    assert transcript.blocks == (Block(500, 1000, "Ann", "hi"),)
    assert (transcript.turns, transcript.models) == ((), {"transcription": "parakeet"})


def test_a_word_of_nobody_keeps_its_unknown_speaker() -> None:
    said = Transcription("hi", words((8.0, 9.0, "hi")))

    transcript = name_transcript(diarization((0.0, 2.0, "A")), said, ANN, NO_VOICES)

    assert transcript.blocks == (Block(8000, 9000, "Speaker_unknown", "hi"),)


def test_a_label_outside_the_detected_ones_is_named_in_turns_blocks_and_speakers() -> None:
    heard = diarization((0.0, 2.0, "C"), speakers=["A"])
    said = Transcription("hi", words((0.5, 1.0, "hi")))

    transcript = name_transcript(heard, said, ANN, NO_VOICES)

    assert transcript.blocks[0].speaker == "Ann"
    assert transcript.speakers[1].name == "Ann"
    assert name_transcript(heard, None, ANN, NO_VOICES).turns[0].speaker == "Ann"


def test_a_text_without_words_is_one_named_block_with_a_warning() -> None:
    heard = diarization((0.0, 2.0, "A"), duration=3.0)

    transcript = name_transcript(heard, Transcription("Hello.", ()), ANN, NO_VOICES)

    assert transcript.blocks == (Block(0, 3000, "Ann", "Hello."),)
    assert codes(transcript.warnings) == ["text_without_words"]


def test_known_voices_of_another_length_are_passed_over_with_a_warning() -> None:
    heard = diarization((0.0, 2.0, "A"), prints={"A": axis(0)})

    transcript = name_transcript(heard, None, [], Voices(("Bob",), np.ones((1, 3))))

    assert transcript.speakers[0].name == "Unknown_0"
    assert codes(transcript.warnings) == ["voiceprints_skipped"]


def test_a_mostly_listening_user_is_not_given_the_others_voice() -> None:
    bleed, own = track((0.1, 6.0), (0.5, 4.0)), track((0.5, 6.0), (0.1, 4.0))
    prints = {"Bleed": axis(0), "User": axis(1)}
    heard = diarization((0.0, 6.0, "Bleed"), (6.0, 10.0, "User"), prints=prints)

    transcript = name_two_tracks(
        answer(heard, (), bleed), answer(diarization(), (), own), [], NO_VOICES, self_name="Sam"
    )

    assert transcript.embeddings["Sam"] is prints["User"]
    assert transcript.speakers[-1].enrolled_s == 4.0


def test_the_bleeding_voice_is_not_named_as_the_user_on_the_system_track() -> None:
    mic = answer(diarization((0.0, 9.0, "Bleed"), prints={"Bleed": axis(0)}), (), QUIET)
    system = answer(diarization((0.0, 9.0, "A"), prints={"A": axis(0)}), (), LOUD)

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    assert [one.name for one in transcript.speakers] == ["Unknown_0", "Sam"]
    assert transcript.speakers[-1].enrolled_s == 0.0


def test_the_callers_print_stays_and_the_new_one_is_the_mic_entrys() -> None:
    mic = answer(diarization((0.0, 9.0, "User"), prints={"User": axis(1)}), (), LOUD)

    transcript = name_two_tracks(
        mic, SILENT_SYSTEM, [], Voices(("Sam",), axis(0)[None]), self_name="Sam"
    )

    assert transcript.embeddings["Sam"].tolist() == axis(0).tolist()
    assert transcript.speakers[-1].embedding is mic.diarization.embeddings["User"]


def test_a_user_heard_on_both_tracks_has_the_average_of_both_prints() -> None:
    mic = answer(diarization((0.0, 4.0, "User"), prints={"User": axis(0)}), (), LOUD)
    other = np.array([0.6, 0.8, 0.0, 0.0])
    system = answer(diarization((0.0, 4.0, "A"), prints={"A": other}), (), QUIET)

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    expected = np.array([1.6, 0.8, 0.0, 0.0]) / np.hypot(1.6, 0.8)
    assert transcript.embeddings["Sam"] == pytest.approx(expected)


def test_the_users_own_tile_does_not_name_a_remote_speaker() -> None:
    system = answer(diarization((0.0, 9.0, "A")), words((1.0, 2.0, "hi")), LOUD)

    transcript = name_two_tracks(
        answer(diarization(), (), QUIET),
        system,
        [TimelineEntry(0.0, 9.0, "Sam")],
        NO_VOICES,
        self_name="Sam",
    )

    assert transcript.blocks == (Block(1000, 2000, "Unknown_0", "hi"),)


def test_a_user_dialled_in_twice_is_read_once_from_the_mic() -> None:
    prints = {"A": axis(0)}
    mic = answer(diarization((0.0, 9.0, "A"), prints=prints), words((1.0, 2.0, "Hello.")), LOUD)
    system = answer(diarization((0.0, 9.0, "A"), prints=prints), words((1.2, 2.2, "Hello")), QUIET)

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    assert transcript.blocks == (Block(1000, 2000, "Sam", "Hello."),)


def test_words_dropped_by_the_gate_are_counted_and_told_when_most_are() -> None:
    mic = answer(diarization(), words((1.0, 2.0, "a"), (2.0, 3.0, "b"), (3.0, 4.0, "c")))

    transcript = name_two_tracks(
        mic, SILENT, [], NO_VOICES, self_name="Sam", self_vad=[Span(1.0, 2.0)]
    )

    assert transcript.dropped_words == 2
    assert codes(transcript.warnings) == ["most_words_dropped"]


def test_half_of_the_words_dropped_is_not_most() -> None:
    mic = answer(diarization(), words((1.0, 2.0, "a"), (2.0, 3.0, "b")))

    transcript = name_two_tracks(
        mic, SILENT, [], NO_VOICES, self_name="Sam", self_vad=[Span(1.0, 2.0)]
    )

    assert (transcript.dropped_words, transcript.warnings) == (1, ())


def test_a_shorter_system_track_is_told() -> None:
    mic, system = answer(diarization(), (), LOUD), answer(diarization(), (), track((0.1, 4.0)))

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    assert codes(transcript.warnings) == ["tracks_differ_in_length"]
    assert "10.0 s" in transcript.warnings[0].message


def test_a_block_never_mixes_local_words_with_bleed() -> None:
    mic = answer(diarization(), words((1.0, 1.5, "mine"), (1.5, 2.0, "bleed"), (2.0, 2.5, "too")))
    vad = [Span(1.0, 1.5), Span(2.0, 2.5)]

    transcript = name_two_tracks(mic, SILENT, [], NO_VOICES, self_name="Sam", self_vad=vad)

    assert transcript.blocks == (Block(1000, 2500, "Sam", "mine too"),)


@pytest.mark.parametrize(("samples", "blocks"), [(LOUD, 1), (QUIET, 0)])
def test_a_mic_text_without_words_is_judged_as_a_whole(samples: Track, blocks: int) -> None:
    mic = AnalysedTrack(diarization(duration=10.0), Transcription("Hello.", ()), samples)
    system = answer(diarization(), (), track((0.3, 10.0)))

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    assert len(transcript.blocks) == blocks
    assert "text_without_words" in codes(transcript.warnings)


def test_two_tracks_last_as_long_as_the_longer() -> None:
    mic, system = answer(diarization(duration=4.0), ()), answer(diarization(duration=3.8), ())

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam", self_vad=[])

    assert transcript.duration == 4.0


def test_the_mic_entry_is_last_and_named() -> None:
    system = answer(diarization((0.0, 1.0, "A")), ())

    transcript = name_two_tracks(SILENT, system, ANN, NO_VOICES, self_name=" Sam ", self_vad=[])

    assert [(one.speaker, one.name) for one in transcript.speakers] == [
        ("A", "Ann"),
        ("mic", "Sam"),
    ]


def test_without_self_vad_the_samples_are_needed() -> None:
    with pytest.raises(ValueError, match="both tracks need samples"):
        name_two_tracks(SILENT, SILENT, [], NO_VOICES, self_name="Sam")


def test_by_evidence_one_track_tells_the_timelines_offset() -> None:
    heard = diarization((0.0, 8.0, "A"), (8.0, 16.0, "B"))
    entries = [TimelineEntry(1.0, 9.0, "Ann"), TimelineEntry(9.0, 17.0, "Bob")]

    transcript = name_transcript(heard, None, entries, NO_VOICES, rule=EVIDENCE_RULE)

    assert [turn.speaker for turn in transcript.turns] == ["Ann", "Bob"]
    assert transcript.timeline_offset_s == 1.0


def test_by_evidence_the_system_track_has_a_reason_for_no_name_and_the_mic_none() -> None:
    system = answer(diarization((0.0, 8.0, "A")), ())

    transcript = name_two_tracks(
        SILENT, system, [], NO_VOICES, self_name="Sam", self_vad=[], rule=EVIDENCE_RULE
    )

    unnamed, user = transcript.speakers
    assert unnamed.evidence is not None
    assert unnamed.evidence.reason == "no_evidence"
    assert user.evidence is None
