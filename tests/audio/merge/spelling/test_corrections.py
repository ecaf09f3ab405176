"""The correction of misspelled names and jargon."""

import pytest

from audio.merge.spelling.corrections import Corrected, correct_spelling
from audio.merge.spelling.vocabulary import vocabulary_of
from audio.merge.values import Correction, Transcription, Word

ORDINARY = [
    "ask",
    "the",
    "van",
    "about",
    "brook",
    "mark",
    "mira",
    "bell",
    "is",
    "in",
    "reyes",
    "saint",
    "said",
    "a",
    "and",
    "here",
]


def correct(text: str, *terms: str) -> Corrected:
    heard = Transcription(text, ())
    return correct_spelling(
        heard, vocabulary_of(terms), lambda word: word.lower().removesuffix("'s") in ORDINARY
    )


@pytest.mark.parametrize(
    ("heard", "term", "text"),
    [
        ("Ask Sorvat.", "Zorvath", "Ask Zorvath."),
        ("ask cubernetes", "Kubernetes", "ask Kubernetes"),
        ("Cubernetes is here", "kubernetes", "Kubernetes is here"),
        ("(Shickvic's van)", "Shikvik", "(Shikvik's van)"),
        ("Ask Lukas Nowack!", "Łukasz Nowak", "Ask Łukasz Nowak!"),
        ("HALNELY said", "Halniley", "Halniley said"),
        ("Ask Zor Vath's van", "Zorvath", "Ask Zorvath's van"),
        ("Ask Sethem-Wick", "Sesthemwick", "Ask Sesthemwick"),
        ("ask openai", "OpenAI", "ask OpenAI"),
        ("ask Iphone", "iPhone", "ask iPhone"),
    ],
)
def test_a_word_that_sounds_and_looks_like_a_term_becomes_it(
    heard: str, term: str, text: str
) -> None:
    assert correct(heard, term).transcription.text == text


@pytest.mark.parametrize(
    ("heard", "terms"),
    [
        ("Ask Zorvath.", ["Zorvath"]),
        # A known word, alone or as a part of two.
        ("Mark said", ["Marc"]),
        ("ask Mira Bell", ["Mirabell"]),
        # Two terms fit.
        ("Ask Sorvat.", ["Zorvath", "Sorvath"]),
        ("ask openai", ["OpenAI", "OpenAi"]),
        # It looks alike, or sounds alike, but not both.
        ("Ask Zorbakin.", ["Zorvalin"]),
        ("Ask Phoughtenau.", ["Fotno"]),
        # Short words, numbers, and other scripts.
        ("Ask Ann.", ["Ana"]),
        ("Ask 12345.", ["12346"]),
        ("Ask Зорват.", ["Зорвать"]),
        # Marks separate the parts of a name.
        ("Ask Zor. Vath said", ["Zorvath"]),
    ],
)
def test_any_other_word_is_unchanged(heard: str, terms: list[str]) -> None:
    corrected = correct(heard, *terms)

    assert corrected.transcription.text == heard
    assert corrected.corrections == ()


@pytest.mark.parametrize(
    ("heard", "term"),
    [
        # Names with other vowels, or another number of syllables.
        ("Ask Wickham.", "Wakham"),
        ("Ask Ferrars.", "Ferraris"),
        ("Ask Jenkinson.", "Jenkins"),
        # A consonant more, where there are few.
        ("Ask Tilney.", "Tiley"),
        # A term that the engine can spell, since a dictionary has it.
        ("Ask Reyas.", "Reyes"),
        # The term's own forms.
        ("Ask the Zorvaths.", "Zorvath"),
        ("I Zorvathed it.", "Zorvath"),
        ("Ask the Zorvaths' van.", "Zorvath"),
        # A small letter, where names have capital ones.
        ("Said the bason", "Pason"),
        # A word beside a term that was spelled right.
        ("Ask Zorvath Ak about", "Zorvath"),
    ],
)
def test_a_word_that_is_most_likely_another_one_is_unchanged(heard: str, term: str) -> None:
    assert correct(heard, term).corrections == ()


def test_without_capital_letters_small_ones_show_nothing() -> None:
    assert correct("ask the bason", "Pason").transcription.text == "ask the Pason"


def test_the_terms_of_several_lists_are_one_vocabulary() -> None:
    vocabulary = vocabulary_of(("Zorvath",), ("Halniley",), ())
    heard = Transcription("Ask Sorvat and Halnely.", ())

    corrected = correct_spelling(heard, vocabulary, ORDINARY.__contains__)

    assert corrected.transcription.text == "Ask Zorvath and Halniley."
    two = vocabulary_of(("Zorvath",), ("Sorvath",))
    assert correct_spelling(heard, two, ORDINARY.__contains__).corrections == ()


def test_joined_words_have_the_times_of_both() -> None:
    words = (
        Word(0.0, 0.4, "Ask"),
        Word(0.5, 0.7, "Zor", gap=" "),
        Word(0.7, 1.0, "Vath,"),
        Word(1.1, 1.5, "here."),
    )
    heard = Transcription("Ask Zor Vath, here.", words)

    corrected = correct_spelling(heard, vocabulary_of(("Zorvath",)), ORDINARY.__contains__)

    assert corrected.transcription.words[1:] == (Word(0.5, 1.0, "Zorvath,", " "), words[3])
    assert corrected.transcription.text == "Ask Zorvath, here."
    assert corrected.corrections == (Correction("Zor Vath", "Zorvath", 500),)


def test_only_the_word_that_was_heard_changes_in_the_text() -> None:
    words = (Word(0.0, 0.4, "Sorvat"), Word(0.5, 0.9, "Sorvatia"), Word(1.0, 1.4, "Sorvat"))
    heard = Transcription("Sorvat Sorvatia Sorvat", words)

    text = correct_spelling(heard, vocabulary_of(("Zorvat",)), ORDINARY.__contains__)

    assert text.transcription.text == "Zorvat Sorvatia Zorvat"


@pytest.mark.parametrize("run", ["-", "…", "_'", "-'s"])
def test_a_run_of_marks_inside_a_word_is_read_once(run: str) -> None:
    text = f"a{run * 300_000}b"

    assert correct(text, "Zorvath").transcription.text == text


def test_ten_thousand_hostile_signs_are_quick() -> None:
    text = "-'" * 5_000 + "’" * 5_000 + "a-" * 5_000  # noqa: RUF001

    assert correct(text, "-'" * 100, "’’’’").transcription.text == text  # noqa: RUF001
