"""Words that are drawn out, without length, or of segments whose words have no times."""

import pytest

from audio.merge.values import Span, Turn, Word
from audio.merge.words.doubtful_times import label_doubtful_words, trim_drawn_out

TURNS = (Turn(0.0, 4.4, "A"), Turn(4.6, 12.0, "B"))


def spread(start: float, end: float, *texts: str) -> list[Word]:
    """Spread words of equal length over a segment."""
    each = (end - start) / len(texts)
    segment = Span(start, end)
    return [
        Word(start + each * at, start + each * (at + 1), text, is_estimated=True, segment=segment)
        for at, text in enumerate(texts)
    ]


@pytest.mark.parametrize("text", ["cast.", "cast?", 'cast."', "た。", "cast…"])
def test_a_drawn_out_end_of_a_sentence_ends_with_its_turn(text: str) -> None:
    words = [Word(3.9, 6.54, text), Word(6.6, 7.0, "Yeah.")]

    assert [word.end for word in trim_drawn_out(words, TURNS)] == [4.4, 7.0]


def test_a_full_stop_that_is_a_word_of_its_own_ends_with_its_turn() -> None:
    stop, _ = trim_drawn_out([Word(4.2, 6.5, "."), Word(6.6, 7.0, "Yeah.")], TURNS)

    assert stop.end == 4.5


def test_the_last_word_of_a_recording_may_be_drawn_out_without_a_mark() -> None:
    [word] = trim_drawn_out([Word(3.9, 6.5, "cast")], TURNS)

    assert word.end == 4.4


def test_a_long_word_inside_a_sentence_is_unchanged() -> None:
    words = (Word(3.9, 6.5, "sooo"), Word(6.6, 7.0, "well."))

    assert trim_drawn_out(words, TURNS) == words


def test_a_last_word_that_begins_just_before_its_turn_is_in_that_turn() -> None:
    words = [Word(4.5, 7.0, "Yeah.")]

    [word] = trim_drawn_out(words, TURNS, tolerance_s=0.25)

    assert word.end == 7.0
    assert label_doubtful_words([word], TURNS, tolerance_s=0.25) == ["B"]


def test_a_word_without_length_takes_the_speaker_of_the_nearer_neighbour() -> None:
    words = [Word(3.0, 4.5, "one"), Word(4.6, 4.6, ","), Word(5.6, 6.0, "two")]

    assert label_doubtful_words(words, TURNS) == ["A", "A", "B"]


def test_a_word_without_length_far_from_any_other_keeps_its_own_speaker() -> None:
    words = [Word(1.0, 1.5, "one"), Word(6.0, 6.0, "two")]

    assert label_doubtful_words(words, TURNS) == ["A", "B"]


def test_words_without_length_alone_are_labelled_by_their_moment() -> None:
    assert label_doubtful_words([Word(6.0, 6.0, "two")], TURNS) == ["B"]


def test_a_segment_that_reaches_a_little_into_the_next_turn_is_of_its_own() -> None:
    words = spread(3.0, 4.8, "Meet", "the", "cast", "!")

    assert label_doubtful_words(words, TURNS, tolerance_s=0.25) == ["A"] * 4


def test_a_segment_that_holds_a_pause_has_one_speaker() -> None:
    turns = (Turn(0.0, 3.0, "A"), Turn(7.0, 12.0, "B"))

    assert label_doubtful_words(spread(1.0, 7.0, "a", "b", "c"), turns) == ["A"] * 3


def test_a_segment_over_two_turns_is_shared_by_time() -> None:
    assert label_doubtful_words(spread(2.0, 8.0, "a", "b", "c"), TURNS) == ["A", "B", "B"]


def test_a_first_word_that_begins_where_the_last_sentence_ended_begins_with_its_turn() -> None:
    turns = (Turn(23.02, 24.64, "A"), Turn(25.39, 26.33, "B"))
    words = [Word(24.11, 24.43, "budget?"), Word(24.43, 25.47, "We"), Word(25.47, 25.8, "are")]

    trimmed = trim_drawn_out(words, turns, tolerance_s=0.25)

    assert trimmed[1].start == pytest.approx(25.17)
    assert label_doubtful_words(trimmed, turns, tolerance_s=0.25) == ["A", "B", "B"]


@pytest.mark.parametrize(
    ("before", "word"),
    [
        ("budget", Word(24.43, 25.47, "We")),
        ("budget?", Word(24.91, 25.47, "We")),
        ("budget?", Word(25.2, 25.9, "Absolutely")),
    ],
)
def test_other_words_begin_where_the_engine_says(before: str, word: Word) -> None:
    turns = (Turn(23.02, 24.64, "A"), Turn(25.39, 26.33, "B"))
    words = (Word(24.11, 24.43, before), word, Word(25.9, 26.0, "are"))

    assert trim_drawn_out(words, turns, tolerance_s=0.25) == words
