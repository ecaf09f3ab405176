"""Where spaces go."""

import pytest

from audio.merge.transcript_text import join_words


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["said", '"hello'], 'said "hello'),
        (["get", "'em"], "get 'em"),
        (["use", ".NET"], "use .NET"),
        (["use", ".NET", "."], "use .NET."),
        (["it", "is", "(", "fine"], "it is ( fine"),
    ],
)
def test_an_opening_mark_before_a_word_keeps_its_space(tokens: list[str], text: str) -> None:
    assert join_words(tokens) == text


@pytest.mark.parametrize(
    "clitic", ["'s", "'t", "'re", "'ve", "'ll", "'d", "'m", "n't", "'S", "\u2019s"]
)
def test_a_clitic_joins_tight(clitic: str) -> None:
    assert join_words(["they", clitic]) == f"they{clitic}"


def test_clitics_join_in_a_row_and_with_a_comma() -> None:
    assert join_words(["I", "'d", "'ve,", "well"]) == "I'd've, well"


@pytest.mark.parametrize("mark", [".", ",", "...", "?!", '"', "'", '."', ")", "],", "…", "。"])
def test_pure_punctuation_joins_tight(mark: str) -> None:
    assert join_words(["done", mark]) == f"done{mark}"


def test_a_word_that_begins_like_a_clitic_is_a_word() -> None:
    assert join_words(["go", "'tis", "nothing"]) == "go 'tis nothing"


def test_dashes_and_signs_stand_apart() -> None:
    assert join_words(["one", "-", "two", "&", "$5"]) == "one - two & $5"


def test_no_tokens_read_as_nothing() -> None:
    assert join_words(["", "  "]) == ""
