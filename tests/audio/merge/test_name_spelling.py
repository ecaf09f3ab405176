"""One person, however the name was typed."""

import pytest

from audio.merge.name_spelling import name_key, readable


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
def test_what_looks_alike_is_alike(typed: str) -> None:
    assert readable(typed) == "Zoé Nuñez"


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200b", "\u3164", "\u200d", "\u0301", "\u2800\ufe0f"]
)
def test_what_nobody_sees_is_blank(typed: str) -> None:
    assert readable(typed) == ""


@pytest.mark.parametrize("name", ["क्\u200dष", "👩\u200d🚀 Ana", "O'Brien-Ruiz", "王伟", "🦊"])
def test_what_is_seen_stays(name: str) -> None:
    assert readable(name) == name


def test_many_joiners_are_read_at_once() -> None:
    joiners = "\u200d" * 200_000

    assert readable(f"a{joiners}b {joiners}") == f"a{joiners}b"


@pytest.mark.parametrize(
    ("one", "other"), [("ZOÉ", "Zoe\u0301"), ("Ana Ruß", "ANA RUß"), ("ÉVA", "éva")]
)
def test_case_and_composition_make_no_other_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_a_letter_keeps_its_number_of_signs() -> None:
    assert name_key("İnci ẞ ΝΙΚΟΣ") == "inci ß νικοσ"
