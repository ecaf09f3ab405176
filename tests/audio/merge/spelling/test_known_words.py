"""The dictionaries of ordinary words."""

import pytest

from audio.merge.spelling.known_words import is_mostly_known, known_words
from audio.merge.spelling.vocabulary import unknown_words

GERMAN = (
    "Die nächste Sitzung beginnt am Dienstag um neun Uhr, und wir sollten vorher noch einmal über "
    "den Vertrag sprechen, weil niemand ihn gelesen hat."
)


@pytest.mark.parametrize(
    "word",
    [
        *("Meeting", "colour", "neighbours", "organised", "theatre", "travelled", "dialogue"),
        *("John's", "two-thirds", "kindest", "drieth", "K8s", "2027", "A"),
    ],
)
def test_an_ordinary_word_is_known(word: str) -> None:
    assert known_words("en")(word)


@pytest.mark.parametrize("word", ["Zorvath", "Halniley", "Zorvath-Meeting", "xqour"])
def test_a_made_up_name_is_unknown(word: str) -> None:
    assert not known_words("en")(word)


def test_a_text_in_another_language_is_not_mostly_known() -> None:
    assert is_mostly_known(GERMAN, known_words("de"))
    assert not is_mostly_known(GERMAN, known_words("en"))


def test_a_short_text_may_be_in_any_language() -> None:
    assert is_mostly_known("Zorvath Halniley", known_words("en"))


def test_the_terms_of_a_prompt_are_its_unknown_words() -> None:
    prompt = "A meeting about the Zorvath contract, with Halniley and Zorvath."

    assert unknown_words(prompt, known_words("en")) == ["Zorvath", "Halniley"]
