"""Tests of the mentions of a name in file names."""

import pytest

from voiceprints.transcripts.name_mentions import mentions_name, replace_mentions


@pytest.mark.parametrize(
    "recording",
    [
        "ana_ruiz.wav",
        "2026 Ana-Ruiz, Ben.wav",
        "AnaRuiz",
        "call with ANA   RUIZ",
        "(ana.ruiz)",
        "Ana. Ana Ruiz",
    ],
)
def test_a_name_is_found_in_every_spelling_of_file_names(recording: str) -> None:
    assert mentions_name(recording, "Ana Ruiz")


@pytest.mark.parametrize(
    "recording", ["Banana Ruiz", "Ana Ruizo", "An aRuiz", "Ana", "Ruiz Ana", "Ana B Ruiz", ""]
)
def test_parts_of_other_names_are_not_mentions(recording: str) -> None:
    assert not mentions_name(recording, "Ana Ruiz")


def test_composed_and_decomposed_are_the_same_mention() -> None:
    assert replace_mentions("2026 Zoe\u0301_Nun\u0303ez.wav", "Zoé Nuñez", "A") == "2026 A.wav"


def test_marks_belong_to_their_word() -> None:
    assert not mentions_name("कमला.wav", "कमल")


def test_every_mention_is_replaced() -> None:
    assert (
        replace_mentions("Ana, Ben and ana.wav", "Ana", "Person 1")
        == "Person 1, Ben and Person 1.wav"
    )


def test_punctuation_in_a_name_is_ignored() -> None:
    assert replace_mentions("ana - ruiz.wav", "Ana & - Ruiz", "A") == "A.wav"


def test_a_name_without_words_is_found_literally() -> None:
    assert replace_mentions("🦊 and Ben.wav", "🦊", "A") == "A and Ben.wav"


@pytest.mark.parametrize("name", ["- - - - - - - x", "a a a a a a a a a a a x"])
def test_every_name_is_searched_quickly(name: str) -> None:
    assert not mentions_name("-a" * 5_000 + "y", name)
