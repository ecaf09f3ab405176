"""Words joined into lines, and parts joined into one transcription."""

import pytest

from audio.merge.transcript_text import Part, join_parts, join_words
from audio.merge.values import Transcription, Word


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


def test_dashes_and_signs_have_spaces_on_both_sides() -> None:
    assert join_words(["one", "-", "two", "&", "$5"]) == "one - two & $5"


def test_without_texts_the_line_is_empty() -> None:
    assert join_words(["", "  "]) == ""


def transcribed(*words: Word, language: str | None = None) -> Transcription:
    return Transcription(" ".join(w.text for w in words), words, language=language, model="m")


def test_a_word_belongs_to_the_part_that_holds_its_middle() -> None:
    in_both = Word(59.0, 61.5, "border"), Word(4.0, 6.5, "border")

    whole = join_parts(
        [
            Part(0.0, 0.0, 60.0, transcribed(in_both[0])),
            Part(55.0, 60.0, 99.0, transcribed(in_both[1])),
        ]
    )

    assert whole.words == (Word(59.0, 61.5, "border"),)


def test_a_text_without_words_covers_the_parts_own_time() -> None:
    whole = join_parts([Part(0.0, 0.0, 60.0, Transcription(" Hello there. ", ()))])

    assert whole.words == (Word(0.0, 60.0, "Hello there."),)
    assert whole.text == "Hello there."


def test_words_repeated_at_the_border_of_two_texts_without_times_appear_once() -> None:
    first = Transcription("One, two, three, four.", ())
    second = Transcription("three four five six", ())

    whole = join_parts([Part(0.0, 0.0, 60.0, first), Part(55.0, 60.0, 99.0, second)])

    assert whole.text == "One, two, three, four. five six"


def test_the_last_word_counts_though_it_ends_after_the_recording() -> None:
    whole = join_parts([Part(0.0, 0.0, 10.0, transcribed(Word(9.9, 10.3, "bye")))])

    assert whole.text == "bye"


def test_the_language_is_that_of_most_words() -> None:
    german = transcribed(Word(0, 1, "ja"), Word(1, 2, "gut"), language="de")

    whole = join_parts(
        [
            Part(0.0, 0.0, 9.0, transcribed(Word(0, 1, "yes"), language="en")),
            Part(9.0, 9.0, 20.0, german),
        ]
    )

    assert whole.language == "de"


def test_without_parts_the_transcription_is_empty() -> None:
    assert join_parts([]) == Transcription("", ())
