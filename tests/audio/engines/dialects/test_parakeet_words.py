"""The words of a transcription, in every shape that servers send."""

import pytest

from audio.engines.dialects.parakeet_words import parse_words
from audio.merge.values import Word

HELLO = (Word(0.5, 1.0, "Hello"), Word(1.0, 1.5, "there."))


def listed(text: str, start: str, end: str) -> list[dict[str, object]]:
    """Return the two words under the keys that a server uses."""
    return [{text: " Hello", start: 0.5, end: 1.0}, {text: "there. ", start: 1.0, end: 1.5}]


@pytest.mark.parametrize(
    "answer",
    [
        {"words": listed("word", "start", "end")},
        {"words": listed("text", "start", "end")},
        {"words": listed("w", "t0", "t1")},
        {"word_timestamps": listed("word", "start_time", "end_time")},
        {"timestamps": {"word": listed("word", "start", "end")}},
        {"timestamps": listed("token", "begin", "endTime")},
        {"words": None, "segments": [{"words": [w]} for w in listed("text", "start", "end")]},
    ],
    ids=["openai", "localai", "short keys", "captions", "nemo", "tokens", "nested"],
)
def test_every_shape_gives_the_same_words(answer: dict[str, object]) -> None:
    assert parse_words(answer, "Hello there.", 2.0) == HELLO


def test_a_word_without_an_end_lasts_until_the_next_begins() -> None:
    words = [{"word": "good", "start": 1.0}, {"word": "day", "start": 1.5}]

    good, day = parse_words({"words": words}, "good day", 9.0)

    assert (good.start, good.end, day.start) == (1.0, 1.5, 1.5)


def test_a_word_of_endless_duration_is_refused() -> None:
    words = [{"word": "good", "start": 1.0, "duration": float("inf")}]

    with pytest.raises(ValueError, match="duration"):
        parse_words({"words": words}, "good", None)


def test_a_word_without_an_end_ends_after_its_duration() -> None:
    answer = {"timestamps": [{"token": "Hello", "start": 0.5, "duration": 0.25}]}

    assert parse_words(answer, "Hello", 2.0) == (Word(0.5, 0.75, "Hello"),)


def test_words_at_the_top_win_over_words_in_segments() -> None:
    word = {"text": "Hello", "start": 0.5, "end": 1.0}

    assert len(parse_words({"words": [word], "segments": [{"words": [word]}]}, "Hello", 2.0)) == 1


def test_milliseconds_are_recognised_by_the_length_of_the_recording() -> None:
    answer = {"words": [{"word": "Hello", "start": 500, "end": 1000}]}

    assert parse_words(answer, "Hello", 1.5) == (Word(0.5, 1.0, "Hello"),)


def test_nanoseconds_are_recognised_by_the_length_of_the_recording() -> None:
    answer = {"words": [{"word": "Hello", "start": 500_000_000, "end": 1_000_000_000}]}

    assert parse_words(answer, "Hello", 2.0) == (Word(0.5, 1.0, "Hello"),)


def test_whole_seconds_remain_seconds() -> None:
    answer = {"words": [{"word": "Hello", "start": 1, "end": 2}]}

    assert parse_words(answer, "Hello", 3.0) == (Word(1, 2, "Hello"),)


def test_parts_of_words_are_joined_along_the_transcript() -> None:
    parts = [("Hel", 0.5, 0.75), ("lo", 0.75, 1.0), ("there", 1.0, 1.25), (".", 1.25, 1.5)]
    answer = {"words": [{"word": text, "start": s, "end": e} for text, s, e in parts]}

    assert parse_words(answer, "Hello there.", 2.0) == HELLO


def test_times_are_limited_to_the_recording_and_put_in_order() -> None:
    words = [
        {"word": "late", "start": 1.5, "end": 9.0},
        {"word": "early", "start": -1.0, "end": -2.0},
    ]

    assert parse_words({"words": words}, "", 2.0) == (
        Word(0.0, 0.0, "early"),
        Word(1.5, 2.0, "late"),
    )


def test_blank_and_null_words_are_dropped() -> None:
    words = [{"word": " ", "start": 0, "end": 1}, {"word": None, "start": 0, "end": 1}]

    assert parse_words({"words": words}, "", 2.0) == ()


@pytest.mark.parametrize("start", ["soon", "nan", float("nan"), float("inf"), True])
def test_a_word_whose_start_is_not_a_finite_number_is_refused(start: object) -> None:
    with pytest.raises(ValueError, match="start"):
        parse_words({"words": [{"word": "Hello", "start": start, "end": 1.0}]}, "Hello", 2.0)
