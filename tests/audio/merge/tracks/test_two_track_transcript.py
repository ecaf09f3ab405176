"""How the blocks of two tracks become one transcript."""

import pytest

from audio.merge.tracks.two_track_transcript import interleave_blocks
from audio.merge.values import Block

HELLO = Block(1000, 2000, "Sam", "Hello, Ann.")


def test_blocks_of_both_tracks_are_sorted_by_start() -> None:
    early, late = Block(0, 900, "Ann", "Hi"), Block(3000, 4000, "Ann", "Well")

    assert interleave_blocks([HELLO], [early, late]) == (early, HELLO, late)


def test_of_blocks_that_start_together_the_mics_comes_first() -> None:
    both = Block(1000, 3000, "Ann", "Hi")

    assert interleave_blocks([HELLO], [both]) == (HELLO, both)


@pytest.mark.parametrize("start_ms", [500, 1000, 1500])
def test_what_a_name_says_twice_within_half_a_second_appears_once(start_ms: int) -> None:
    assert interleave_blocks([HELLO], [Block(start_ms, 2000, "Sam", "hello Ann")]) == (HELLO,)


@pytest.mark.parametrize("start_ms", [499, 1501])
def test_what_a_name_says_again_later_appears_again(start_ms: int) -> None:
    assert len(interleave_blocks([HELLO], [Block(start_ms, 2000, "Sam", "Hello, Ann.")])) == 2


def test_what_another_name_says_at_once_stays() -> None:
    assert len(interleave_blocks([HELLO], [Block(1000, 2000, "Ben", "Hello, Ann.")])) == 2


def test_other_words_of_one_name_at_once_stay() -> None:
    assert len(interleave_blocks([HELLO], [Block(1000, 2000, "Sam", "Hello, Ben.")])) == 2


def test_texts_of_punctuation_alone_are_compared_as_they_are() -> None:
    assert len(interleave_blocks([Block(0, 1, "Sam", "?")], [Block(0, 1, "Sam", "!")])) == 2
