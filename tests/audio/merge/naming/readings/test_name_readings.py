"""The readings of one person's name in a timeline."""

import sys
from collections import Counter
from collections.abc import Sequence
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.merge.naming.readings.name_forms import are_alike, read_form
from audio.merge.naming.readings.name_readings import JoinedTimeline, join_readings
from audio.merge.values import TimelineEntry, Turn
from tests.audio.merge.recordings import turns


def in_turn(*names: str, seconds: float = 5.0) -> list[TimelineEntry]:
    """Return entries one after another."""
    return [TimelineEntry(at * seconds, (at + 1) * seconds, name) for at, name in enumerate(names)]


def names(joined: JoinedTimeline) -> list[str]:
    return [entry.name for entry in joined.entries]


@pytest.mark.parametrize(
    ("reading", "fullest"),
    [
        ("emma  brook", "Emma Brook"),
        ("EMMA BROOK", "Emma Brook"),
        ("Emma Brook.", "Emma Brook"),
        ("\uff25\uff4d\uff4d\uff41 Brook", "Emma Brook"),
        ("Emma Brook (Acme)", "Emma Brook"),
        ("Emma Brook [Guest]", "Emma Brook"),
        ("Emma\u200b Brook", "Emma Brook"),
        ("Emma Br…", "Emma Brook"),
        ("Emma Br...", "Emma Brook"),
        ("Emma", "Emma Brook"),
    ],
)
def test_a_reading_is_answered_with_the_fullest_form(reading: str, fullest: str) -> None:
    joined = join_readings(in_turn(reading, fullest, fullest))

    assert names(joined) == [fullest] * 3
    assert joined.readings == {fullest: (reading,)}
    assert joined.joined == 1


def test_a_first_name_is_a_whole_word() -> None:
    assert names(join_readings(in_turn("Emma", "Gemma Hall"))) == ["Emma", "Gemma Hall"]


def test_a_first_name_of_two_people_joins_neither() -> None:
    shown = in_turn("Emma", "Emma Brook", "Emma Stone")

    assert names(join_readings(shown)) == ["Emma", "Emma Brook", "Emma Stone"]


def test_a_cut_name_of_two_people_joins_neither() -> None:
    shown = in_turn("Emma …", "Emma Brook", "Emma Stone")

    assert names(join_readings(shown)) == ["Emma …", "Emma Brook", "Emma Stone"]


def test_two_letters_before_the_cut_say_too_little() -> None:
    assert names(join_readings(in_turn("Em…", "Emma Brook"))) == ["Em…", "Emma Brook"]


def test_a_name_of_one_organisation_keeps_its_bracket_without_another_reading() -> None:
    shown = in_turn("Ana Ruiz (Acme)", "ana ruiz (acme)")

    assert names(join_readings(shown)) == ["Ana Ruiz (Acme)"] * 2


def test_two_organisations_are_two_people() -> None:
    shown = in_turn("Ana (Acme)", "Ana (Globex)", "Ana")

    assert names(join_readings(shown)) == ["Ana (Acme)", "Ana (Globex)", "Ana"]


def test_a_number_in_brackets_is_another_person() -> None:
    assert names(join_readings(in_turn("Ana", "Ana (2)"))) == ["Ana", "Ana (2)"]


def test_names_lit_at_the_same_time_are_two_people() -> None:
    shown = [TimelineEntry(0, 5, "Emma"), TimelineEntry(4, 9, "Emma Brook")]

    assert names(join_readings(shown)) == ["Emma", "Emma Brook"]


def test_half_a_second_together_is_one_person() -> None:
    shown = [TimelineEntry(0, 5, "Emma"), TimelineEntry(4.5, 9, "Emma Brook")]

    assert names(join_readings(shown)) == ["Emma Brook", "Emma Brook"]


def test_a_name_without_capitals_is_answered_only_alone() -> None:
    assert names(join_readings(in_turn("emma brook", "Emma"))) == ["Emma", "Emma"]


def test_the_library_spells_the_answer() -> None:
    joined = join_readings(in_turn("emma brook"), known=["Emma Brook", "Cleo"])

    assert names(joined) == ["Emma Brook"]
    assert joined.readings == {"Emma Brook": ("emma brook",)}


def test_a_known_name_alone_is_not_joined_with_a_first_name() -> None:
    assert names(join_readings(in_turn("Emma"), known=["Emma Stone"])) == ["Emma"]


def test_a_person_who_takes_part_is_joined_with_a_first_name() -> None:
    assert names(join_readings(in_turn("emma"), present=["Emma Stone"])) == ["Emma Stone"]


def test_a_misread_name_is_joined_where_it_is_shown_for_the_same_speaker() -> None:
    spoken = turns((0, 5, "A"), (5, 8, "A"), (8, 12, "B"))
    shown = [
        TimelineEntry(0, 5, "Ana Ruiz"),
        TimelineEntry(5, 8, "Ana Rulz"),
        TimelineEntry(8, 12, "Ben"),
    ]

    joined = join_readings(shown, turns=spoken)

    assert names(joined) == ["Ana Ruiz", "Ana Ruiz", "Ben"]


def test_misreadings_of_a_long_meeting_may_overlap_while_a_display_is_held() -> None:
    spoken = turns(*((at, at + 9, "A") for at in range(0, 600, 10)))
    shown = [
        TimelineEntry(at, at + 10.3, "Ana Ruiz" if at % 30 else "Ana Rulz")
        for at in range(0, 600, 10)
    ]

    assert set(names(join_readings(shown, turns=spoken))) == {"Ana Ruiz"}


def test_similar_names_lit_side_by_side_stay_two() -> None:
    spoken = turns((0, 60, "A"))
    shown = [TimelineEntry(0, 40, "Maria Lopez"), TimelineEntry(20, 60, "Mario Lopez")]

    assert names(join_readings(shown, turns=spoken)) == ["Maria Lopez", "Mario Lopez"]


def test_of_two_people_the_one_who_is_shown_longest_has_no_number() -> None:
    shown = [TimelineEntry(0, 5, "ana ruiz"), TimelineEntry(2, 20, "Ana  Ruiz")]

    assert names(join_readings(shown, known=["Ana Ruiz"])) == ["Ana Ruiz (2)", "Ana Ruiz"]


def test_two_similar_names_of_two_speakers_stay_two() -> None:
    spoken = turns((0, 5, "A"), (5, 10, "B"))

    joined = join_readings(in_turn("Maria Lopez", "Mario Lopez"), turns=spoken)

    assert names(joined) == ["Maria Lopez", "Mario Lopez"]


def test_a_first_name_joins_after_the_misreadings_of_the_longer_name() -> None:
    spoken = turns((0, 20, "A"))
    shown = in_turn("Emma Brook", "Emma Brook", "Emma Brock", "Emma")

    assert set(names(join_readings(shown, turns=spoken))) == {"Emma Brook"}


def test_two_rooms_with_numbers_are_not_alike() -> None:
    assert not are_alike(read_form("Meeting Room 4"), read_form("Meeting Room 5"))


@pytest.mark.parametrize("misread", ["Ana Ru1z", "Ana Rulz", "Ana Ru|z", "Ana Ruíz"])
def test_look_alike_signs_are_one(misread: str) -> None:
    assert are_alike(read_form(misread), read_form("Ana Ruiz"))


def test_two_people_of_one_name_stay_two() -> None:
    shown = [
        TimelineEntry(0, 5, "Ana Ruiz", person="p1"),
        TimelineEntry(5, 9, "Ana Ruiz", person="p2"),
    ]

    assert names(join_readings(shown)) == ["Ana Ruiz", "Ana Ruiz (2)"]


def test_one_person_of_several_ids_and_names_is_not_joined_with_another() -> None:
    shown = [
        TimelineEntry(0, 5, "Ana", person="p1"),
        TimelineEntry(5, 9, "Ana Ruiz", person="p2"),
    ]

    assert names(join_readings(shown)) == ["Ana", "Ana Ruiz"]


def test_blank_names_stay_blank() -> None:
    assert names(join_readings(in_turn(" ", "Ana"))) == [" ", "Ana"]


def test_times_must_be_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        join_readings([TimelineEntry(0, float("inf"), "Ana")])


WRITTEN = st.text(alphabet="aAbB1l .…()[]|-אب🎧", max_size=12)


@given(st.lists(WRITTEN, max_size=8))
def test_joining_again_changes_nothing(shown: Sequence[str]) -> None:
    once = join_readings(in_turn(*shown))

    assert set(names(join_readings(once.entries))) <= set(names(once))
    assert [entry.start for entry in once.entries] == [entry.start for entry in in_turn(*shown)]


def test_similar_names_take_at_most_quadratic_work() -> None:
    def calls_for(count: int) -> int:
        names = [f"Participant with a long name {at:04d}x…" for at in range(count)]
        return calls(in_turn(*names), turns((0, 5_000, "A")))

    # Four times as many where it is quadratic, eight times where it is cubic.
    assert calls_for(200) < 6 * calls_for(100)


def test_a_very_long_name_takes_linear_work() -> None:
    def calls_for(length: int) -> int:
        shown = in_turn("(" * length + "a" * length, "a" * 2 * length)
        return calls(shown, turns((0, 10, "A")))

    # Eight times as many where it is linear, 64 times where it is quadratic.
    assert calls_for(40_000) < 16 * calls_for(5_000)


def test_a_run_of_dots_inside_a_name_is_read_once() -> None:
    form = read_form("Ana" + 300_000 * "." + "Ruiz")

    assert (form.is_cut, form.organisation) == (False, "")


def calls(shown: Sequence[TimelineEntry], spoken: Sequence[Turn]) -> int:
    """Return how many functions are called to join the readings."""
    counted: Counter[str] = Counter()

    def count(_: FrameType, event: str, __: object) -> None:
        counted[event] += 1

    sys.setprofile(count)
    try:
        join_readings(shown, turns=spoken)
    finally:
        sys.setprofile(None)
    return counted["call"] + counted["c_call"]
