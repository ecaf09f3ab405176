"""Readable names and their keys."""

import pytest

from audio.merge.name_spelling import common_spelling, name_key, readable


@pytest.mark.parametrize(
    "typed",
    [
        "Zoe\u0301 Nun\u0303ez",
        "Zoé  Nuñez",
        "Zoé\u00a0Nuñez",
        "Zoé Nuñez\u200b",
        "\u202eZoé\ufeff Nuñez",
        "Zoé\u3164Nuñez",
        "Zoé\nNuñez\t",
        "Zoe\u200b\u0301 Nuñez",
        "\u200dZoé \u200c Nuñez",
    ],
)
def test_names_that_look_the_same_are_equal(typed: str) -> None:
    assert readable(typed) == "Zoé Nuñez"


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200b", "\u3164", "\u200d", "\u0301", "\u2800\ufe0f"]
)
def test_invisible_signs_are_blank(typed: str) -> None:
    assert readable(typed) == ""


@pytest.mark.parametrize("name", ["क्\u200dष", "👩\u200d🚀 Ana", "O'Brien-Ruiz", "王伟", "🦊"])
def test_visible_signs_are_unchanged(name: str) -> None:
    assert readable(name) == name


def test_a_name_of_many_joiners_is_read_quickly() -> None:
    joiners = "\u200d" * 200_000

    assert readable(f"a{joiners}b {joiners}") == f"a{joiners}b"


@pytest.mark.parametrize(
    ("one", "other"), [("ZOÉ", "Zoe\u0301"), ("Ana Ruß", "ANA RUß"), ("ÉVA", "éva")]
)
def test_case_and_composition_do_not_change_the_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_a_letter_has_the_same_number_of_signs_in_lower_case() -> None:
    assert name_key("İnci ẞ ΝΙΚΟΣ") == "inci ß νικοσ"


@pytest.mark.parametrize(
    "name", ["EMMA BROOK", "emma  brook", "Emma\u00a0Brook", " Emma Brook ", "Emma\u200b Brook"]
)
def test_names_that_differ_in_case_or_spaces_have_the_first_spelling(name: str) -> None:
    assert common_spelling(["Emma Brook", name])(name) == "Emma Brook"


def test_composed_and_decomposed_names_have_the_first_spelling() -> None:
    assert common_spelling(["Zo\u00eb"])("Zoe\u0308") == "Zo\u00eb"


def test_other_names_are_unchanged() -> None:
    spell = common_spelling(["Emma Brook"])

    assert [spell(name) for name in ("Emma Brock", "", "Ana")] == ["Emma Brock", "", "Ana"]
