"""Clocks of timelines whose words the transcription has too."""

from dataclasses import replace

import numpy as np
import pytest

from audio.merge.naming.clock.text_clock import MOST_SIGNS, find_anchors
from audio.merge.values import KnownClock, ShownText, Turn, Word
from tests.audio.merge.naming.paused_meetings import (
    LATE_S,
    PEOPLE,
    drawn_turns,
    named,
    names_of,
    pieces_of,
    recorded,
    shown,
)


def spoken(turns: list[Turn], seed: int = 1) -> list[Word]:
    """Return four words a second, of a vocabulary of 300."""
    random = np.random.default_rng(seed)
    return [
        Word(float(at), float(at) + 0.25, f"word{random.integers(300)}")
        for turn in turns
        for at in np.arange(turn.start, turn.end - 0.24, 0.25)
    ]


def captions(turns: list[Turn], words: list[Word], late: float) -> list[ShownText]:
    """Return one caption for each turn, with its words."""
    return [
        ShownText(
            turn.start + late,
            turn.end + late,
            " ".join(one.text for one in words if turn.start <= one.start < turn.end) + ".",
        )
        for turn in turns
    ]


def test_the_words_of_captions_give_the_offset() -> None:
    turns = drawn_turns(60.0)
    words = spoken(turns)
    anchors = find_anchors(words, captions(turns, words, 7200.0))

    naming = named(turns, shown(turns, offset=7200.0), KnownClock(anchors=anchors))

    assert names_of(naming) == PEOPLE
    assert [late for _, late in pieces_of(naming)] == pytest.approx([7200.0 + LATE_S], abs=0.2)


def test_words_find_each_of_many_pauses() -> None:
    pauses = [(at, at + 20.0) for at in np.arange(60.0, 660.0, 60.0).tolist()]
    turns = drawn_turns(700.0)
    words = spoken(turns)
    texts = captions(turns, words, 0.0)
    kept = [
        replace(one, start=one.start - hidden, end=one.end - hidden)
        for one in words
        for hidden in [20.0 * sum(end <= one.start for _, end in pauses)]
        if not any(start <= one.start < end for start, end in pauses)
    ]

    naming = named(
        recorded(turns, pauses), shown(turns), KnownClock(anchors=find_anchors(kept, texts))
    )

    assert names_of(naming) == PEOPLE
    assert [late for _, late in pieces_of(naming)] == pytest.approx(
        [20.0 * at + LATE_S for at in range(len(pauses) + 1)], abs=0.7
    )


def test_anchors_that_do_not_agree_leave_the_offset_to_the_names() -> None:
    turns = drawn_turns(150.0)
    words = spoken(turns)
    few = find_anchors(words, captions(turns, words, 300.0))[:4]

    naming = named(turns, shown(turns), KnownClock(anchors=few))

    assert [late for _, late in pieces_of(naming)] == pytest.approx([LATE_S], abs=0.2)


def test_a_run_of_words_that_occurs_twice_is_no_anchor() -> None:
    said = [Word(at, at + 0.5, "yes") for at in range(6)]

    assert find_anchors(said, [ShownText(0.0, 6.0, "Yes yes yes.")]) == ()


def test_case_and_punctuation_do_not_count() -> None:
    said = [Word(0.0, 1.0, "Ja,"), Word(1.0, 2.0, "GENAU"), Word(2.0, 3.0, "so!")]

    [anchor] = find_anchors(said, [ShownText(10.0, 13.0, "ja genau, so")])

    assert (anchor.recording_s, anchor.timeline_s) == (1.5, 11.5)


def test_scripts_without_spaces_have_anchors_too() -> None:
    said = [Word(at, at + 1.0, sign) for at, sign in enumerate("早上好")]

    assert len(find_anchors(said, [ShownText(10.0, 13.0, "早上好。")])) == 1


def test_longer_texts_than_a_day_has_are_not_compared() -> None:
    said = [Word(0.0, 1.0, "one"), Word(1.0, 2.0, "two"), Word(2.0, 3.0, "three")]
    text = "one two three" + " " * MOST_SIGNS

    assert find_anchors(said, [ShownText(0.0, 10.0, text)]) == ()
