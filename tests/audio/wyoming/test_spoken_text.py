"""Text that arrives in parts, cut where a voice may pause."""

from itertools import pairwise

import pytest

from audio.wyoming import spoken_text
from audio.wyoming.spoken_text import LONGEST_PIECE, MAX_TEXT, SpokenText, TooMuchText, pauses

MANY = 300_000


def pieces(*parts: str) -> list[str]:
    text = SpokenText()
    return [piece for part in parts for piece in text.add(part)] + text.rest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("The light is on.", ["The light is on."]),
        ("The light is on. The door is shut.", ["The light is on.", "The door is shut."]),
        ("Is the light on? Yes, it is!", ["Is the light on?", "Yes, it is!"]),
        ("Hello. How are you?", ["Hello. How are you?"]),
        ("It is 21.5 degrees in Rome.", ["It is 21.5 degrees in Rome."]),
        ("I wrote to Dr. Smith today.", ["I wrote to Dr. Smith today."]),
        ('He said "it is on." Then he left.', ['He said "it is on."', "Then he left."]),
        ("First the kitchen\nthen the hall", ["First the kitchen", "then the hall"]),
        (
            "部屋の明かりをつけました。ドアも閉めました。",
            ["部屋の明かりをつけました。", "ドアも閉めました。"],
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_sentences_are_complete_however_they_arrive(
    text: str, expected: list[str], size: int
) -> None:
    parts = [text[start : start + size] for start in range(0, len(text), size)]

    assert pieces(*parts) == expected


def test_a_sentence_is_complete_as_soon_as_the_next_begins() -> None:
    text = SpokenText()

    assert text.add("The light is on.") == []
    assert text.add(" ") == ["The light is on."]


def test_text_without_sentences_is_cut_between_words() -> None:
    words = "word " * 1_000

    found = pieces(words)

    assert all(len(piece) <= LONGEST_PIECE for piece in found)
    assert " ".join(found).split() == words.split()


def test_a_text_without_spaces_is_cut_anywhere() -> None:
    assert "".join(pieces("x" * 2_500, "y" * 100)) == "x" * 2_500 + "y" * 100


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    sentence = "word " * 500 + "end. "

    found = pieces(sentence)

    assert all(len(piece) <= LONGEST_PIECE for piece in found)
    assert " ".join(found).split() == sentence.split()


@pytest.mark.parametrize("marks", [".", "!?", ".)", '."', "…”", "'", "\n", " \n", ".\n"])
def test_many_marks_are_read_once(marks: str) -> None:
    # Where a run is read again from each of its marks, this takes an hour.
    ends = list(pauses(marks * MANY + "x"))

    assert all(one < other for one, other in pairwise(ends))


@pytest.mark.parametrize("text", ["A. ", "\n", "x\n", ".", "word ", "x", "e.g. "])
def test_a_text_of_many_parts_takes_steps_of_its_length(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken_text, "MAX_TEXT", len(text) * MANY)

    found = pieces(text * MANY)

    assert max(map(len, found), default=0) <= LONGEST_PIECE
    assert sum(len("".join(piece.split())) for piece in found) == len(text.strip()) * MANY


def test_too_much_text_is_refused() -> None:
    text = SpokenText()
    text.add("x" * MAX_TEXT)

    with pytest.raises(TooMuchText, match="65536"):
        text.add("y")
