"""Display names without badges, and placeholders."""

import pytest

from audio.timelines.badges import fullest, is_placeholder, without_badges


@pytest.mark.parametrize(
    "name",
    [
        "Ana Ruiz (Guest)",
        "Ana Ruiz (HOST)",
        "Ana Ruiz (Co-host)",
        "Ana Ruiz (You)",
        "Ana Ruiz (Me)",
        "Ana Ruiz (External)",
        "Ana Ruiz (Unverified)",
        "Ana Ruiz (Presenting)",
        "Ana Ruiz (Presentation)",
        "Ana Ruiz (she/her)",
        "Ana Ruiz (she/her/hers) (Guest)",
        "Ana Ruiz [Acme]",
        "Ana Ruiz (Acme) (Guest)",
    ],
)
def test_badges_pronouns_and_one_organisation_are_taken_off(name: str) -> None:
    assert without_badges(name, has_bare_badges=False) == "Ana Ruiz"


@pytest.mark.parametrize(
    "name", ["Ana Ruiz Unverified", "Ana Ruiz External unfamiliar", "Ana Ruiz (Acme) guest"]
)
def test_badges_without_brackets_are_taken_off_where_the_platform_writes_them(name: str) -> None:
    assert without_badges(name, has_bare_badges=True) == "Ana Ruiz"
    assert without_badges("Ana Guest", has_bare_badges=False) == "Ana Guest"


@pytest.mark.parametrize("name", ["(Guest)", "Guest", "External", "(she/her)", "[Acme]"])
def test_a_name_that_is_all_badges_stays(name: str) -> None:
    assert without_badges(name, has_bare_badges=True) == name


def test_a_second_organisation_stays() -> None:
    assert without_badges("Ana (Ruiz) [Acme]", has_bare_badges=False) == "Ana (Ruiz)"


@pytest.mark.parametrize(
    "name",
    ["Unknown Speaker", "unknown", "Speaker 1", "Speaker_0", "Participant 3", "Guest", "Guest 2"],
)
def test_a_placeholder_is_recognised(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["+49 30 1234567", "Guest House", "Ana Speaker", "Room 4"])
def test_a_telephone_number_and_a_room_are_names(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Ana", "Ana Ruiz"], "Ana Ruiz"),
        (["ANA RUIZ", "Ana Ruiz"], "Ana Ruiz"),
        (["ana ruiz"], "ana ruiz"),
        (["Ana (Acme Corp)", "Ana Ruiz"], "Ana Ruiz"),
    ],
)
def test_the_fullest_spelling_has_the_most_words(names: list[str], expected: str) -> None:
    assert fullest(names) == expected


@pytest.mark.parametrize("ending", [" (Guest)", "[Me]", " guest"])
def test_many_badges_are_taken_off_one_by_one(ending: str) -> None:
    assert without_badges("Ana" + ending * 30_000, has_bare_badges=True) == "Ana"


@pytest.mark.parametrize("run", [" ", "(", "[a](", "\n"])
def test_a_run_inside_a_name_is_read_once(run: str) -> None:
    name = f"Ana{run * 100_000}Ruiz"

    assert without_badges(name, has_bare_badges=True) == name
