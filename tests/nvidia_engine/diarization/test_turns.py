from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nvidia_engine.diarization.turns import NEMOTRON, SORTFORMER, Preset, find_turns

PLAIN = Preset(0.5, 0.5, 0.0, 0.0, 0.0, 0.0)


def heads(*rows: list[float]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.array(rows).T * 255), np.uint8)


def turns_of(
    activity: NDArray[np.uint8], preset: Preset = PLAIN
) -> list[tuple[str, float, float]]:
    turns, _ = find_turns(activity, 0.1, preset)
    return [(turn.speaker, turn.start, turn.end) for turn in turns]


def test_speech_is_where_the_activity_is_high() -> None:
    assert turns_of(heads([0, 0.9, 0.9, 0, 0.8])) == [
        ("Speaker_0", 0.1, 0.3),
        ("Speaker_0", 0.4, 0.5),
    ]


def test_labels_follow_the_order_of_first_speech() -> None:
    activity = heads([0, 0, 1, 1], [1, 1, 0, 0])

    turns, found = find_turns(activity, 0.1, PLAIN)

    assert [turn.speaker for turn in turns] == ["Speaker_0", "Speaker_1"]
    assert found == [1, 0]


def test_between_offset_and_onset_the_state_stays() -> None:
    preset = replace(PLAIN, onset=0.7, offset=0.3)

    assert turns_of(heads([0.5, 0.9, 0.5, 0.5, 0.1, 0.5]), preset) == [("Speaker_0", 0.1, 0.4)]


def test_an_offset_above_the_onset_changes_the_state_every_10_ms() -> None:
    preset = replace(PLAIN, onset=0.4, offset=0.9)
    activity = heads([0.6, 0.6, 0.6, 0.0, 1.0, 1.0])

    assert [(t.start, t.end) for t in find_turns(activity, 0.01, preset)[0]] == [
        (0.0, 0.01),
        (0.02, 0.03),
        (0.04, 0.06),
    ]


def test_gaps_of_such_changes_are_filled() -> None:
    preset = replace(PLAIN, onset=0.4, offset=0.9, min_off=0.05)

    assert turns_of(heads([0.6, 0.6, 0.0, 0.0, 1.0, 1.0]), preset) == [
        ("Speaker_0", 0.0, 0.19),
        ("Speaker_0", 0.4, 0.6),
    ]


def test_pads_widen_speech_within_the_recording() -> None:
    preset = replace(PLAIN, pad_on=0.15, pad_off=0.25)

    assert turns_of(heads([0, 1, 0, 0, 0]), preset) == [("Speaker_0", 0.0, 0.45)]


def test_what_is_too_short_is_dropped_before_gaps_are_filled() -> None:
    preset = replace(PLAIN, min_on=0.2, min_off=0.15)

    assert turns_of(heads([1, 1, 0, 1, 1, 0, 0, 1, 0]), preset) == [("Speaker_0", 0.0, 0.5)]


def test_confidence_is_the_mean_activity() -> None:
    turns, _ = find_turns(heads([0.8, 0.6]), 0.1, PLAIN)

    assert turns[0].confidence == 0.7


def test_an_empty_recording_has_no_turns() -> None:
    assert find_turns(np.zeros((0, 8), np.uint8), 0.01, NEMOTRON) == ([], [])


@given(st.lists(st.lists(st.integers(0, 255), min_size=3, max_size=3), max_size=60))
def test_turns_of_a_speaker_never_touch_and_stay_within_the_recording(
    rows: list[list[int]],
) -> None:
    activity = np.array(rows, np.uint8).reshape(-1, 3)

    turns, _ = find_turns(activity, 0.08, SORTFORMER)

    for label in {turn.speaker for turn in turns}:
        own = [turn for turn in turns if turn.speaker == label]
        assert all(0 <= turn.start < turn.end <= len(rows) * 0.08 + 1e-3 for turn in own)
        assert all(a.end < b.start for a, b in pairwise(own))
