"""The speaker of each word, and the grouping of words into blocks."""

import pytest

from audio.merge.values import Block, Turn, Word
from audio.merge.words.assignment import group_words, label_words
from tests.audio.merge.recordings import turns, words


def test_turns_need_no_order() -> None:
    spoken = turns((4.0, 6.0, "Late"), (0.0, 8.0, "Early"))

    assert label_words(words((4.5, 5.5, "hi")), spoken) == ["Early"]


def test_a_word_in_two_turns_that_start_together_belongs_to_the_one_listed_first() -> None:
    spoken = turns((0.0, 4.0, "First"), (0.0, 8.0, "Second"))

    assert label_words(words((1.0, 2.0, "hi")), spoken) == ["First"]


def test_a_turn_that_ended_does_not_hide_a_longer_one_begun_earlier() -> None:
    spoken = turns((0.0, 9.0, "Long"), (1.0, 2.0, "Short"), (3.0, 4.0, "Short"))

    assert label_words(words((7.0, 8.0, "hi")), spoken) == ["Long"]


def test_a_word_20_ms_outside_a_turn_belongs_to_it_within_the_tolerance() -> None:
    spoken = turns((0.0, 1.0, "Ann"))
    word = words((1.02, 1.3, "so"))

    assert label_words(word, spoken, tolerance_s=0.25) == ["Ann"]


def test_a_word_20_ms_outside_a_turn_has_no_speaker_without_tolerance() -> None:
    spoken = turns((0.0, 1.0, "Ann"))

    assert label_words(words((1.02, 1.3, "so")), spoken) == ["Speaker_unknown"]


def test_the_nearer_of_two_turns_within_the_tolerance_has_the_word() -> None:
    spoken = turns((0.0, 1.0, "Ann"), (2.0, 3.0, "Bob"))

    assert label_words(words((1.2, 1.9, "so")), spoken, tolerance_s=0.25) == ["Bob"]


def test_a_tie_between_near_turns_goes_to_the_first() -> None:
    spoken = turns((0.0, 1.0, "Ann"), (1.7, 3.0, "Bob"))

    assert label_words(words((1.1, 1.6, "so")), spoken, tolerance_s=0.25) == ["Ann"]


def test_a_gap_of_exactly_the_tolerance_counts() -> None:
    spoken = turns((0.0, 4.1, "Ann"))

    assert label_words(words((4.35, 4.6, "so")), spoken, tolerance_s=0.25) == ["Ann"]


def test_a_gap_over_the_tolerance_does_not_count() -> None:
    spoken = turns((0.0, 4.1, "Ann"))

    assert label_words(words((4.351, 4.6, "so")), spoken, tolerance_s=0.25) == ["Speaker_unknown"]


def test_overlap_wins_over_a_turn_that_is_merely_near() -> None:
    spoken = turns((0.0, 1.1, "Ann"), (1.9, 3.0, "Bob"))

    assert label_words(words((1.0, 1.8, "so")), spoken, tolerance_s=0.25) == ["Ann"]


def test_without_words_the_labels_are_empty() -> None:
    assert label_words([], turns((0.0, 1.0, "Ann"))) == []


def test_a_time_that_is_not_a_number_is_refused_with_its_index() -> None:
    with pytest.raises(ValueError, match="at 1 of 2"):
        label_words(words((0.0, 1.0, "a"), (1.0, float("nan"), "b")), [])


def test_labelling_does_not_change_its_arguments() -> None:
    spoken = [Turn(4.0, 6.0, "Late"), Turn(0.0, 3.0, "Early")]

    label_words([Word(1.0, 2.0, "hi")], spoken)

    assert spoken == [Turn(4.0, 6.0, "Late"), Turn(0.0, 3.0, "Early")]


def test_words_out_of_order_are_sorted_by_start() -> None:
    transcribed = words((1.0, 1.5, "day"), (0.0, 0.5, "Good"))

    assert group_words(transcribed, ["Ann", "Ann"]) == [Block(0, 1500, "Ann", "Good day")]


def test_a_block_ends_at_its_latest_end() -> None:
    transcribed = words((0.0, 3.0, "well"), (1.0, 2.0, "yes"))

    assert group_words(transcribed, ["Ann", "Ann"]) == [Block(0, 3000, "Ann", "well yes")]


def test_silence_is_counted_from_the_latest_end_of_the_block() -> None:
    transcribed = words((0.0, 5.0, "well"), (1.0, 2.0, "yes"), (6.0, 6.5, "so"))

    assert group_words(transcribed, ["Ann"] * 3) == [Block(0, 6500, "Ann", "well yes so")]


def test_silence_is_counted_within_the_block_of_one_speaker() -> None:
    transcribed = words((0.0, 9.0, "well"), (1.0, 2.0, "no"), (8.0, 8.5, "never"))

    blocks = group_words(transcribed, ["Ann", "Bob", "Bob"])

    assert [block.text for block in blocks] == ["well", "no", "never"]


def test_milliseconds_are_rounded() -> None:
    transcribed = words((0.29, 1.001, "hi"))

    assert group_words(transcribed, ["Ann"]) == [Block(290, 1001, "Ann", "hi")]


def test_a_silence_of_1500_ms_in_binary_fractions_does_not_break() -> None:
    transcribed = words((0.1, 0.2, "one"), (1.7000000000000002, 1.8, "two"))

    assert group_words(transcribed, ["Ann", "Ann"]) == [Block(100, 1800, "Ann", "one two")]


def test_a_word_without_text_makes_no_block() -> None:
    transcribed = words((0.0, 1.0, "hi"), (1.0, 2.0, " "))

    assert group_words(transcribed, ["Ann", "Bob"]) == [Block(0, 1000, "Ann", "hi")]


def test_a_word_that_ends_before_it_starts_makes_no_backward_block() -> None:
    assert group_words(words((2.0, 1.0, "hi")), ["Ann"]) == [Block(2000, 2000, "Ann", "hi")]


def test_the_longest_silence_is_an_option() -> None:
    transcribed = words((0.0, 1.0, "one"), (1.5, 2.0, "two"))

    assert len(group_words(transcribed, ["Ann", "Ann"], max_silence_s=0.4)) == 2


def test_labels_must_be_as_many_as_words() -> None:
    with pytest.raises(ValueError, match="1 labels for 2 words"):
        group_words(words((0.0, 1.0, "a"), (1.0, 2.0, "b")), ["Ann"])


def test_a_tie_between_overlapping_turns_goes_to_the_first() -> None:
    spoken = turns((0.5, 1.5, "Ann"), (2.5, 3.5, "Bob"))

    assert label_words(words((0.0, 4.0, "so")), spoken) == ["Ann"]


def test_the_tolerance_takes_no_word_from_the_turn_around_it() -> None:
    spoken = turns((0.0, 2.0, "Ann"), (1.0, 5.0, "Bob"))

    assert label_words(words((1.0, 2.0, "so")), spoken, tolerance_s=0.25) == ["Ann"]


@pytest.mark.parametrize("longest", [0, 1, 2, 3, 7, 11, 18, 19])
def test_a_word_around_many_turns_belongs_to_the_longest(longest: int) -> None:
    short = [Turn(at + 0.1, at + 0.3, "Short") for at in range(20)]
    spoken = [*short[:longest], Turn(longest + 0.1, longest + 0.6, "Long"), *short[longest + 1 :]]

    assert label_words(words((0.0, 20.0, "so")), spoken) == ["Long"]
