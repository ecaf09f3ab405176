"""Which names and identifiers of an export are one person."""

from audio.timelines.export import Entry, Stay
from audio.timelines.people import identify


def named(*entries: Entry, stays: tuple[Stay, ...] = ()) -> list[str]:
    return [entry.name for entry in identify(entries, stays).entries]


def test_one_account_is_one_person_under_all_its_names() -> None:
    names = named(
        Entry(0, 5, "Ana", stable_id="a", session_id="1"),
        Entry(5, 9, "Ana Ruiz", stable_id="a", session_id="2"),
    )

    assert names == ["Ana Ruiz", "Ana Ruiz"]


def test_two_accounts_with_one_name_are_two_people() -> None:
    names = named(
        Entry(0, 5, "Ana Ruiz", stable_id="a"),
        Entry(5, 9, "Ana Ruiz", stable_id="b"),
        Entry(9, 12, "Ana Ruiz", stable_id="a"),
    )

    assert names == ["Ana Ruiz", "Ana Ruiz (2)", "Ana Ruiz"]


def test_one_session_is_one_person_under_all_its_names() -> None:
    assert named(Entry(0, 5, "Ana", session_id="1"), Entry(5, 9, "Ana R", session_id="1")) == [
        "Ana R",
        "Ana R",
    ]


def test_sessions_one_after_another_are_a_person_who_joined_again() -> None:
    assert named(Entry(0, 5, "Ana", session_id="1"), Entry(6, 9, "Ana", session_id="2")) == [
        "Ana",
        "Ana",
    ]


def test_sessions_at_the_same_time_are_two_people() -> None:
    names = named(
        Entry(0, 2, "Ana", session_id="1"),
        Entry(3, 4, "Ana", session_id="2"),
        Entry(5, 6, "Ana", session_id="1"),
    )

    assert names == ["Ana", "Ana (2)", "Ana"]


def test_a_second_session_may_be_a_second_device_and_a_second_account_not() -> None:
    sessions = (Entry(0, 9, "Ana", session_id="1"), Entry(3, 4, "Ana", session_id="2"))
    accounts = (Entry(0, 9, "Ana", stable_id="a"), Entry(3, 4, "Ana", stable_id="b"))

    assert identify(sessions).devices == {"Ana (2)": "Ana"}
    assert identify(accounts).devices == {}


def test_stays_decide_before_entries() -> None:
    entries = (Entry(0, 2, "Ana", session_id="1"), Entry(3, 4, "Ana", session_id="2"))

    assert named(*entries, stays=(Stay("1", 0, 9), Stay("2", 1, 9))) == ["Ana", "Ana (2)"]


def test_a_number_that_is_a_name_already_is_not_given_again() -> None:
    names = named(
        Entry(0, 1, "Ana (2)", stable_id="c"),
        Entry(1, 2, "Ana", stable_id="a"),
        Entry(2, 3, "Ana", stable_id="b"),
    )

    assert names == ["Ana (2)", "Ana", "Ana (3)"]


def test_names_without_identifiers_stay_as_they_are() -> None:
    assert named(Entry(0, 1, "Ana"), Entry(1, 2, "ana")) == ["Ana", "ana"]
