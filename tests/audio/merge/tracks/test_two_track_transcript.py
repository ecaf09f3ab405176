"""The whole named transcript of a recording of two tracks."""

from collections.abc import Sequence

import numpy as np
import pytest

from audio.merge.naming.acceptance import EVIDENCE_RULE
from audio.merge.tracks.loudness import Track
from audio.merge.tracks.two_track_transcript import (
    AnalysedTrack,
    interleave_blocks,
    name_two_tracks,
)
from audio.merge.values import (
    NO_VOICES,
    Block,
    Notice,
    Span,
    TimelineEntry,
    Transcription,
    Voices,
)
from tests.audio.merge.recordings import answer, axis, diarization, track, words

ANN = [TimelineEntry(0.0, 60.0, "Ann")]
LOUD, QUIET = track((0.5, 10.0)), track((0.1, 10.0))
SILENT = answer(diarization(), ())
SILENT_SYSTEM = answer(diarization(), (), QUIET)
HELLO = Block(1000, 2000, "Sam", "Hello, Ann.")


def codes(warnings: Sequence[Notice]) -> list[str]:
    return [notice.code for notice in warnings]


def test_a_mostly_listening_user_is_not_given_the_others_voice() -> None:
    bleed, own = track((0.1, 6.0), (0.5, 4.0)), track((0.5, 6.0), (0.1, 4.0))
    embeddings = {"Bleed": axis(0), "User": axis(1)}
    diarized = diarization((0.0, 6.0, "Bleed"), (6.0, 10.0, "User"), embeddings=embeddings)

    transcript = name_two_tracks(
        answer(diarized, (), bleed), answer(diarization(), (), own), [], NO_VOICES, self_name="Sam"
    )

    assert transcript.embeddings["Sam"] is embeddings["User"]
    assert transcript.speakers[-1].enrolled_s == 4.0


def test_the_bleeding_voice_is_not_named_as_the_user_on_the_system_track() -> None:
    mic = answer(diarization((0.0, 9.0, "Bleed"), embeddings={"Bleed": axis(0)}), (), QUIET)
    system = answer(diarization((0.0, 9.0, "A"), embeddings={"A": axis(0)}), (), LOUD)

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    assert [one.name for one in transcript.speakers] == ["Unknown_0", "Sam"]
    assert transcript.speakers[-1].enrolled_s == 0.0


def test_the_callers_embedding_is_returned_and_the_new_one_is_the_mic_speakers() -> None:
    mic = answer(diarization((0.0, 9.0, "User"), embeddings={"User": axis(1)}), (), LOUD)

    transcript = name_two_tracks(
        mic, SILENT_SYSTEM, [], Voices(("Sam",), axis(0)[None]), self_name="Sam"
    )

    assert transcript.embeddings["Sam"].tolist() == axis(0).tolist()
    assert transcript.speakers[-1].embedding is mic.diarization.embeddings["User"]


def test_a_user_recorded_on_both_tracks_has_the_average_of_both_embeddings() -> None:
    mic = answer(diarization((0.0, 4.0, "User"), embeddings={"User": axis(0)}), (), LOUD)
    other = np.array([0.6, 0.8, 0.0, 0.0])
    system = answer(diarization((0.0, 4.0, "A"), embeddings={"A": other}), (), QUIET)

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


def test_words_of_a_user_dialled_in_twice_appear_once_from_the_mic() -> None:
    embeddings = {"A": axis(0)}
    mic = answer(
        diarization((0.0, 9.0, "A"), embeddings=embeddings), words((1.0, 2.0, "Hello.")), LOUD
    )
    system = answer(
        diarization((0.0, 9.0, "A"), embeddings=embeddings), words((1.2, 2.2, "Hello")), QUIET
    )

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    assert transcript.blocks == (Block(1000, 2000, "Sam", "Hello."),)


def test_dropped_words_are_counted_and_give_a_warning_when_most_are() -> None:
    mic = answer(diarization(), words((1.0, 2.0, "a"), (2.0, 3.0, "b"), (3.0, 4.0, "c")))

    transcript = name_two_tracks(
        mic, SILENT, [], NO_VOICES, self_name="Sam", self_vad=[Span(1.0, 2.0)]
    )

    assert transcript.dropped_words == 2
    assert codes(transcript.warnings) == ["most_words_dropped"]


def test_half_of_the_words_dropped_gives_no_warning() -> None:
    mic = answer(diarization(), words((1.0, 2.0, "a"), (2.0, 3.0, "b")))

    transcript = name_two_tracks(
        mic, SILENT, [], NO_VOICES, self_name="Sam", self_vad=[Span(1.0, 2.0)]
    )

    assert (transcript.dropped_words, transcript.warnings) == (1, ())


def test_a_shorter_system_track_gives_a_warning() -> None:
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
def test_a_mic_text_without_words_is_measured_as_a_whole(samples: Track, blocks: int) -> None:
    mic = AnalysedTrack(diarization(duration=10.0), Transcription("Hello.", ()), samples)
    system = answer(diarization(), (), track((0.3, 10.0)))

    transcript = name_two_tracks(mic, system, [], NO_VOICES, self_name="Sam")

    assert len(transcript.blocks) == blocks
    assert "text_without_words" in codes(transcript.warnings)


def test_two_tracks_have_the_length_of_the_longer() -> None:
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


def test_by_evidence_an_unnamed_system_speaker_has_a_reason_and_the_mic_has_no_evidence() -> None:
    system = answer(diarization((0.0, 8.0, "A")), ())

    transcript = name_two_tracks(
        SILENT, system, [], NO_VOICES, self_name="Sam", self_vad=[], rule=EVIDENCE_RULE
    )

    unnamed, user = transcript.speakers
    assert unnamed.evidence is not None
    assert unnamed.evidence.reason == "no_evidence"
    assert user.evidence is None


def test_blocks_of_both_tracks_are_sorted_by_start() -> None:
    early, late = Block(0, 900, "Ann", "Hi"), Block(3000, 4000, "Ann", "Well")

    assert interleave_blocks([HELLO], [early, late]) == (early, HELLO, late)


def test_the_mics_block_comes_first_when_two_start_together() -> None:
    both = Block(1000, 3000, "Ann", "Hi")

    assert interleave_blocks([HELLO], [both]) == (HELLO, both)


@pytest.mark.parametrize("start_ms", [500, 1000, 1500])
def test_words_of_a_name_repeated_within_half_a_second_appear_once(start_ms: int) -> None:
    assert interleave_blocks([HELLO], [Block(start_ms, 2000, "Sam", "hello Ann")]) == (HELLO,)


@pytest.mark.parametrize("start_ms", [499, 1501])
def test_words_of_a_name_repeated_later_appear_again(start_ms: int) -> None:
    assert len(interleave_blocks([HELLO], [Block(start_ms, 2000, "Sam", "Hello, Ann.")])) == 2


def test_equal_words_of_another_name_are_not_removed() -> None:
    assert len(interleave_blocks([HELLO], [Block(1000, 2000, "Ben", "Hello, Ann.")])) == 2


def test_other_words_of_one_name_at_the_same_time_are_not_removed() -> None:
    assert len(interleave_blocks([HELLO], [Block(1000, 2000, "Sam", "Hello, Ben.")])) == 2


def test_texts_of_only_punctuation_are_compared_unchanged() -> None:
    assert len(interleave_blocks([Block(0, 1, "Sam", "?")], [Block(0, 1, "Sam", "!")])) == 2


def test_texts_that_differ_in_a_thai_vowel_are_not_an_echo() -> None:
    mic, system = Block(1000, 1500, "Sam", "กิน"), Block(1000, 1500, "Sam", "กัน")

    assert len(interleave_blocks([mic], [system])) == 2


def test_the_users_own_tile_in_another_spelling_does_not_name_a_remote_speaker() -> None:
    system = answer(diarization((0.0, 9.0, "A")), words((1.0, 2.0, "hi")), LOUD)

    transcript = name_two_tracks(
        answer(diarization(), (), QUIET),
        system,
        [TimelineEntry(0.0, 9.0, "SAM  hill")],
        NO_VOICES,
        self_name="Sam Hill",
    )

    assert [one.name for one in transcript.speakers] == ["Unknown_0", "Sam Hill"]


def test_the_user_is_spelled_as_the_known_voice() -> None:
    mic = answer(diarization((0.0, 9.0, "User"), embeddings={"User": axis(1)}), (), LOUD)

    transcript = name_two_tracks(
        mic, SILENT_SYSTEM, [], Voices(("Sam Hill",), axis(0)[None]), self_name="sam hill"
    )

    assert transcript.speakers[-1].name == "Sam Hill"
    assert transcript.embeddings["Sam Hill"].tolist() == axis(0).tolist()


def test_milliseconds_are_reported_for_two_tracks() -> None:
    system = answer(diarization((0.0, 9.0, "A"), duration=9.0), words((1.0, 2.0, "hi")), LOUD)

    transcript = name_two_tracks(
        answer(diarization(), (), QUIET),
        system,
        [TimelineEntry(0.0, 9000.0, "Ann")],
        NO_VOICES,
        self_name="Sam",
    )

    assert transcript.speakers[0].name == "Unknown_0"
    assert "timeline_milliseconds" in codes(transcript.warnings)
