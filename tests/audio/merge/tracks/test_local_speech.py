"""The local user's words, turns and voice on the mic track."""

from unittest.mock import Mock

import numpy as np
import pytest

from audio.merge.tracks.local_speech import (
    LocalSpeech,
    check_lengths,
    find_user_voice,
    select_by_level,
    select_by_vad,
)
from audio.merge.tracks.loudness import Track
from audio.merge.values import Span
from tests.audio.merge.recordings import axis, diarization, track, turns, words


def texts(local: LocalSpeech) -> list[str]:
    return [word.text for word in local.words]


def test_a_word_without_length_is_measured_over_80_ms_around_it() -> None:
    mic, system = track((0.5, 1.0), (0.1, 1.0)), track((0.1, 1.0), (0.5, 1.0))
    transcribed = words((0.5, 0.5, "mine"), (1.5, 1.5, "bleed"))

    assert texts(select_by_level(mic, system, transcribed, [])) == ["mine"]


def test_a_word_without_length_at_the_very_start_is_measured_over_the_first_80_ms() -> None:
    mic, system = track((0.1, 0.03), (0.5, 0.97)), track((0.2, 1.0))

    assert texts(select_by_level(mic, system, words((0.0, 0.0, "mine")), [])) == ["mine"]


def test_a_word_without_length_inside_self_vad_is_local() -> None:
    transcribed = words((0.5, 0.5, "mine"), (1.5, 1.5, "bleed"))

    assert texts(select_by_vad([Span(0.0, 1.0)], transcribed, [])) == ["mine"]


def test_spans_of_self_vad_may_overlap_and_come_in_any_order() -> None:
    spans = [Span(3.0, 4.0), Span(0.0, 1.0), Span(0.5, 1.5)]

    assert texts(select_by_vad(spans, words((1.2, 1.4, "a"), (2.0, 2.5, "b")), [])) == ["a"]


def test_beyond_the_end_of_the_system_track_nothing_is_local() -> None:
    mic, system = track((0.5, 4.0)), track((0.1, 2.0))
    transcribed = words((1.0, 1.5, "mine"), (3.0, 3.5, "unknown"))

    assert texts(select_by_level(mic, system, transcribed, [])) == ["mine"]


def test_beyond_the_end_of_the_mic_track_nothing_is_local() -> None:
    mic, system = track((0.5, 2.0)), track((0.1, 4.0))

    assert texts(select_by_level(mic, system, words((3.0, 3.5, "unknown")), [])) == []


def test_a_word_over_the_end_of_the_system_track_is_measured_on_the_common_part() -> None:
    mic, system = track((0.1, 2.0), (0.9, 2.0)), track((0.3, 2.0))

    assert texts(select_by_level(mic, system, words((1.5, 2.5, "bleed")), [])) == []


def test_beyond_the_end_of_the_system_track_self_vad_decides() -> None:
    assert texts(select_by_vad([Span(3.0, 4.0)], words((3.0, 3.5, "mine")), [])) == ["mine"]


def test_the_lengths_of_the_tracks_are_returned() -> None:
    local = select_by_level(track((0.5, 4.0)), track((0.1, 2.0)), [], [])

    assert (local.mic_s, local.system_s) == (4.0, 2.0)


def test_an_offset_of_the_mic_does_not_make_bleed_local() -> None:
    mic, system = track((0.1, 1.0), offset=0.5), track((0.3, 1.0))

    assert texts(select_by_level(mic, system, words((0.0, 1.0, "bleed")), [])) == []


def test_an_offset_of_the_system_track_does_not_hide_the_user() -> None:
    mic, system = track((0.3, 1.0)), track((0.1, 1.0), offset=0.5)

    assert texts(select_by_level(mic, system, words((0.0, 1.0, "mine")), [])) == ["mine"]


def test_each_track_is_read_once() -> None:
    mic, system = Mock(return_value=[np.ones(9)]), Mock(return_value=[np.ones(9)])
    transcribed = words((0.0, 0.5, "a"), (0.1, 0.6, "b"))

    select_by_level(Track(10, mic), Track(10, system), transcribed, turns((0.0, 0.9, "A")))

    assert (mic.call_count, system.call_count) == (1, 1)


def test_turns_pass_the_same_gate_as_words() -> None:
    mic, system = track((0.5, 2.0), (0.1, 2.0)), track((0.1, 2.0), (0.5, 2.0))
    mine, bleed = turns((0.0, 2.0, "A"), (2.0, 4.0, "B"))

    assert select_by_level(mic, system, [], [mine, bleed]).turns == (mine,)


def test_a_turn_half_inside_self_vad_is_local_and_one_less_than_half_is_not() -> None:
    half, less = turns((0.0, 4.0, "A"), (1.0, 6.0, "B"))

    assert select_by_vad([Span(0.0, 2.0)], [], [half, less]).turns == (half,)


def test_without_words_and_turns_nothing_is_local() -> None:
    assert select_by_vad([], [], []) == LocalSpeech((), ())


def test_the_users_embedding_is_that_of_the_speaker_with_most_local_time() -> None:
    diarized = diarization(
        (0.0, 60.0, "Bleed"), (60.0, 64.0, "User"), embeddings={"Bleed": axis(0), "User": axis(1)}
    )

    own = find_user_voice(diarized, turns((60.0, 64.0, "User")))

    assert own.embedding is diarized.embeddings["User"]
    assert own.enrolled_s == 4.0


@pytest.mark.parametrize(("seconds", "enrolled"), [(2.999, False), (3.0, True)])
def test_three_seconds_of_local_turns_are_needed(seconds: float, enrolled: bool) -> None:
    diarized = diarization((0.0, seconds, "User"), embeddings={"User": axis(1)})

    own = find_user_voice(diarized, diarized.turns)

    assert own.enrolled_s == seconds
    assert (own.embedding is not None) == enrolled


def test_a_speaker_mostly_bleed_is_not_enrolled() -> None:
    diarized = diarization((0.0, 4.0, "A"), (4.0, 9.0, "A"), embeddings={"A": axis(0)})

    own = find_user_voice(diarized, diarized.turns[:1])

    assert (own.embedding, own.enrolled_s) == (None, 0.0)


def test_a_user_for_whom_the_engine_gave_no_embedding_has_none() -> None:
    diarized = diarization((0.0, 4.0, "A"))

    assert find_user_voice(diarized, diarized.turns).embedding is None


def test_a_silent_user_has_no_embedding() -> None:
    assert find_user_voice(diarization(), []).enrolled_s == 0.0


def test_a_short_turn_inside_self_vad_is_local() -> None:
    spoken = turns((0.5, 1.0, "A"))

    assert select_by_vad([Span(0.0, 2.0)], [], spoken).turns == spoken


@pytest.mark.parametrize(("system_s", "warnings"), [(9.5, 0), (9.49, 1), (10.51, 1)])
def test_tracks_may_differ_by_half_a_second(system_s: float, warnings: int) -> None:
    assert len(check_lengths(10.0, system_s)) == warnings


@pytest.mark.parametrize("at", [0.2, 1.0])
def test_the_80_ms_around_a_word_without_length_have_it_in_their_middle(at: float) -> None:
    mic, system = track((0.0, at - 0.04), (0.5, 0.08), (0.0, 1.0)), track((0.41, 2.0))

    assert texts(select_by_level(mic, system, words((at, at, "mine")), [])) == ["mine"]


def test_half_of_a_late_turn_is_half_of_its_length() -> None:
    spoken = turns((10.0, 14.0, "A"))

    assert select_by_vad([Span(10.0, 12.0)], [], spoken).turns == spoken


def test_a_turn_without_length_outside_self_vad_is_not_local() -> None:
    assert select_by_vad([Span(0.0, 2.0)], [], turns((5.0, 5.0, "A"))).turns == ()


def test_the_local_time_is_rounded_to_milliseconds() -> None:
    diarized = diarization((0.0, 4.00049, "A"))

    assert find_user_voice(diarized, diarized.turns).enrolled_s == 4.0


def test_a_turn_two_fifths_inside_self_vad_is_not_local() -> None:
    assert select_by_vad([Span(0.0, 2.0)], [], turns((0.0, 5.0, "A"))).turns == ()


def test_the_user_is_the_longer_of_two_speakers_with_local_turns() -> None:
    diarized = diarization(
        (0.0, 4.0, "Guest"), (4.0, 9.0, "User"), embeddings={"Guest": axis(0), "User": axis(1)}
    )

    assert find_user_voice(diarized, diarized.turns).embedding is diarized.embeddings["User"]
