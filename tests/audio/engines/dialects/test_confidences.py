"""How confident an engine is of each word, under the names that servers use."""

from math import exp

import pytest

from audio.engines.dialects.parakeet_words import parse_words
from audio.engines.dialects.readers.transcripts import read_transcription

SEGMENT = {"start": 0.0, "end": 2.0, "text": "Hello there.", "avg_logprob": -1.2}


def heard(**more: object) -> dict[str, object]:
    return {"word": "Hello", "start": 0.5, "end": 1.0, **more}


def confidence_of(**more: object) -> float | None:
    (word,) = parse_words({"words": [heard(**more)]}, "Hello", 2.0)
    return word.confidence


@pytest.mark.parametrize("key", ["confidence", "probability", "conf", "score", "prob"])
def test_a_word_has_the_confidence_that_its_engine_gives(key: str) -> None:
    assert confidence_of(**{key: 0.25}) == 0.25


@pytest.mark.parametrize("given", [None, True, "0.5", -0.7, 97, float("nan")])
def test_what_is_no_share_of_one_is_not_taken(given: object) -> None:
    assert confidence_of(confidence=given) is None


def test_a_word_of_foreign_engines_has_its_probability() -> None:
    segment = {**SEGMENT, "words": [heard(probability=0.4), {"word": "there.", "start": 1.0}]}

    words = read_transcription({"segments": [segment]}, 2.0).words

    assert [word.confidence for word in words] == [0.4, exp(-1.2)]


def test_words_that_are_listed_apart_have_the_confidence_of_their_segment() -> None:
    sure = {"start": 2.0, "end": 4.0, "text": "Good.", "avg_logprob": -0.1}
    words = [heard(), {"word": "there.", "start": 1.0, "end": 1.5}]
    words += [{"word": "Good.", "start": 2.5, "end": 3.0}]

    read = read_transcription({"segments": [SEGMENT, sure], "words": words}, 4.0).words

    assert [word.confidence for word in read] == [exp(-1.2), exp(-1.2), exp(-0.1)]


def test_words_that_are_spread_over_a_segment_have_its_confidence() -> None:
    read = parse_words({"segments": [SEGMENT]}, "Hello there.", 2.0)

    assert [word.confidence for word in read] == [exp(-1.2), exp(-1.2)]


def test_a_mean_of_zero_is_what_servers_write_that_know_none() -> None:
    read = read_transcription({"segments": [{**SEGMENT, "avg_logprob": 0.0}]}, 2.0)

    assert {word.confidence for word in read.words} == {None}
