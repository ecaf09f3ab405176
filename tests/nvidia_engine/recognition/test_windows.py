from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nvidia_engine.features import SAMPLE_RATE, Samples
from nvidia_engine.recognition.windows import Window, Word, join_words, split_windows


def noise(seconds: float) -> Samples:
    rng = np.random.default_rng(0)
    return rng.standard_normal(int(seconds * SAMPLE_RATE)).astype(np.float32)


def word(text: str, start: float, end: float) -> Word:
    return Word(text, start, end, 1.0)


def windows_cut_at(cut_s: float, end_s: float) -> list[Window]:
    cut, end = int(cut_s * SAMPLE_RATE), int(end_s * SAMPLE_RATE)
    margin = SAMPLE_RATE // 2
    return [Window(0, cut + margin, 0, cut), Window(cut - margin, end, cut, end)]


def test_a_short_recording_is_one_window() -> None:
    samples = noise(24)

    assert split_windows(samples) == [Window(0, len(samples), 0, len(samples))]


def test_a_recording_is_cut_where_it_is_quiet() -> None:
    samples = noise(40)
    samples[20 * SAMPLE_RATE : int(20.1 * SAMPLE_RATE)] = 0

    first, second = split_windows(samples)

    assert first.last == second.first == int(20.05 * SAMPLE_RATE)


def test_neighbours_share_a_second() -> None:
    first, second = split_windows(noise(40))

    assert first.end - second.start == SAMPLE_RATE


@given(seconds=st.floats(0.1, 200))
@settings(max_examples=25, deadline=None)
def test_windows_cover_the_recording_and_are_at_most_25_s_long(seconds: float) -> None:
    samples = noise(seconds)

    windows = split_windows(samples)

    assert (windows[0].first, windows[-1].last) == (0, len(samples))
    assert all(one.last == other.first for one, other in pairwise(windows))
    assert all(window.end - window.start <= 25 * SAMPLE_RATE for window in windows)


def test_a_word_belongs_to_the_side_of_its_middle() -> None:
    windows = windows_cut_at(20, 40)
    both = [word("left", 19.4, 19.9), word("right", 20.1, 20.4)]

    joined = join_words(windows, [both, both])

    assert [w.text for w in joined] == ["left", "right"]


def test_a_word_exactly_on_the_cut_belongs_to_the_right() -> None:
    windows = windows_cut_at(20, 40)

    joined = join_words(windows, [[], [word("middle", 19.9, 20.1)]])

    assert [w.text for w in joined] == ["middle"]


def test_a_word_that_both_sides_claim_stays_once() -> None:
    windows = windows_cut_at(20, 40)

    joined = join_words(windows, [[word("Budget,", 19.7, 20.1)], [word("budget", 19.9, 20.3)]])

    assert [w.text for w in joined] == ["Budget,"]


def test_a_word_that_each_side_leaves_to_the_other_stays_once() -> None:
    windows = windows_cut_at(20, 40)

    joined = join_words(windows, [[word("budget", 19.9, 20.3)], [word("budget", 19.7, 20.1)]])

    assert [w.text for w in joined] == ["budget"]


def test_a_word_that_is_said_twice_stays_twice() -> None:
    windows = windows_cut_at(20, 40)

    joined = join_words(windows, [[word("no", 19.2, 19.5)], [word("no", 20.1, 20.4)]])

    assert [w.text for w in joined] == ["no", "no"]


@given(shift=st.floats(-0.15, 0.15), at=st.floats(19.2, 20.8))
def test_a_shift_between_two_windows_neither_loses_nor_doubles_a_word(
    shift: float, at: float
) -> None:
    windows = windows_cut_at(20, 40)
    left = [word(text, at + i * 0.4, at + i * 0.4 + 0.3) for i, text in enumerate("abc")]
    right = [word(w.text, w.start + shift, w.end + shift) for w in left]
    # Each window has heard what is within its samples.
    heard = [[w for w in left if w.end <= 20.5], [w for w in right if w.start >= 19.5]]

    joined = [w.text for w in join_words(windows, heard)]

    assert joined == sorted(set(joined))
    both = {w.text for w in heard[0]} & {w.text for w in heard[1]}
    assert both <= set(joined)
