"""Words whose times an engine left out, placed between their neighbours."""

import pytest

from audio.engines.dialects.parakeet_words import parse_words
from audio.merge.values import Span, Word

LENGTH_S = 12.0


def read(words: object = None, **answer: object) -> list[Word]:
    """Read the words of an answer for a recording of 12 s."""
    return list(parse_words({"words": words, **answer}, "", None, length_s=LENGTH_S))


def timed(text: object, start: object, end: object) -> dict[str, object]:
    return {"word": text, "start": start, "end": end}


def test_a_word_without_times_is_between_its_neighbours() -> None:
    _, number, _ = read([timed("room", 1.0, 1.4), {"word": "2266"}, timed("please", 2.0, 2.4)])

    assert number == Word(1.4, 2.0, "2266", is_estimated=True)


def test_a_word_without_times_does_not_fill_a_pause() -> None:
    _, number, _ = read([timed("room", 1.0, 1.4), {"word": "2266"}, timed("please", 9.0, 9.4)])

    assert (number.start, number.end) == (1.4, 2.4)


@pytest.mark.parametrize("number", ["2266", 2266])
def test_a_number_alone_among_words_is_a_word_without_times(number: object) -> None:
    words = read([timed("room", 1.0, 1.4), number, timed("please", 2.0, 2.4)])

    assert [word.text for word in words] == ["room", "2266", "please"]


def test_the_text_of_a_word_may_be_a_number() -> None:
    assert read([timed(2266, 1.0, 1.4)]) == [Word(1.0, 1.4, "2266")]


def test_several_words_without_times_share_the_gap_by_their_length() -> None:
    words = read([timed("a", 1.0, 1.4), {"word": "to"}, {"word": "four"}, timed("b", 2.0, 2.4)])

    assert [word.end for word in words] == pytest.approx([1.4, 1.6, 2.0, 2.4])


def test_words_without_times_at_the_beginning_end_where_the_first_begins() -> None:
    first, _ = read([{"word": "2266"}, timed("please", 5.0, 5.4)])

    assert (first.start, first.end) == (4.0, 5.0)


def test_words_without_times_at_the_end_follow_the_last() -> None:
    _, last = read([timed("room", 11.0, 11.4), {"word": "2266"}])

    assert (last.start, last.end) == pytest.approx((11.4, 12.0))


def test_a_last_word_with_a_null_end_has_an_estimated_one() -> None:
    [word] = read([timed("please", 4.0, None)])

    assert (word.start, word.end, word.is_estimated) == (4.0, 4.3, True)


def test_a_word_with_a_null_start_begins_after_the_one_before() -> None:
    _, word = read([timed("room", 1.0, 1.4), timed("please", None, 2.0)])

    assert word == Word(1.4, 2.0, "please", is_estimated=True)


def test_a_word_without_an_end_does_not_fill_a_pause() -> None:
    first, _ = read([{"word": "good", "start": 1.0}, {"word": "day", "start": 9.0}])

    assert first.end == 2.0


def test_times_that_are_texts_are_read() -> None:
    assert read([timed("room", "1.0", "1.4")]) == [Word(1.0, 1.4, "room")]


def test_milliseconds_that_are_texts_are_milliseconds() -> None:
    assert read([timed("room", "7000", "7400")]) == [Word(7.0, 7.4, "room")]


def test_words_without_any_time_are_no_words() -> None:
    assert read([{"word": "room"}, {"word": "2266"}]) == []


def test_the_recording_bounds_its_words_and_the_reported_duration_does_not() -> None:
    answer = {"words": [timed("late", 9.0, 9.5), timed("drawn", 11.0, 30.0)]}

    words = parse_words(answer, "", 6.5, length_s=LENGTH_S)

    assert words == (Word(9.0, 9.5, "late"), Word(11.0, 12.0, "drawn"))


def test_a_word_after_a_length_that_was_declared_too_short_keeps_its_time() -> None:
    assert parse_words({"words": [timed("late", 9.0, 9.5)]}, "", 10.0, length_s=1.0) == (
        Word(9.0, 9.5, "late"),
    )


def test_the_words_of_a_segment_without_words_are_spread_over_it() -> None:
    to, four = read(segments=[{"start": 2.0, "end": 4.0, "text": " to four. "}])

    assert to.segment == four.segment == Span(2.0, 4.0)
    assert (to.start, to.end) == pytest.approx((2.0, 2.0 + 4 / 7))
    assert (four.start, four.end) == pytest.approx((2.0 + 4 / 7, 4.0))


def test_a_segment_of_one_word_has_its_own_times() -> None:
    assert read(segments=[{"start": 2.0, "end": 4.0, "text": "Yes."}]) == [Word(2.0, 4.0, "Yes.")]


def test_segments_with_and_without_words_are_read_together() -> None:
    segments = [
        {"start": 0.0, "end": 2.0, "text": "Hello.", "words": [timed("Hello.", 0.5, 1.0)]},
        {"start": 3.0, "end": 4.0, "text": "2266", "words": []},
    ]

    assert read(segments=segments) == [Word(0.5, 1.0, "Hello."), Word(3.0, 4.0, "2266")]


def test_a_word_without_times_stays_inside_its_segment() -> None:
    segments = [
        {"start": 0.0, "end": 1.0, "words": [timed("Hello.", 0.5, 1.0)]},
        {"start": 5.0, "end": 6.0, "words": [{"word": "2266"}, timed("please", 5.5, 6.0)]},
    ]

    _, number, _ = read(segments=segments)

    assert (number.start, number.end) == (5.0, 5.5)


def test_segments_under_timestamps_are_read() -> None:
    answer = {"segment": [{"segment": "Yes.", "start": 2.0, "end": 3.0}]}

    assert read(timestamps=answer) == [Word(2.0, 3.0, "Yes.")]
