"""How probable it is that chance explains a timeline."""

import numpy as np

from audio.merge.naming.clock.timeline_clock import estimate_clock
from audio.merge.naming.joint_table import Course, course


def talk(seed: int, *, late: float = 0.0, names: int | None = None) -> Course:
    """Return 40 turns of three people, of 5 s on average; ``names`` deals them again."""
    random = np.random.default_rng(seed)
    ends = np.cumsum(random.exponential(4.5, 40) + 0.5)
    starts = np.append(0.0, ends[:-1])
    people = random.integers(0, 3, 40)
    if names is not None:
        people = np.random.default_rng(names).integers(0, 3, 40)
    return course(starts + late, ends + late, people, 3)


def chance(speech: Course, shown: Course) -> float:
    found = estimate_clock(speech, shown).chance
    assert found is not None
    return found


def test_a_timeline_near_the_expected_offset_is_not_explained_by_chance() -> None:
    assert chance(talk(1), talk(1, late=0.7)) < 0.001


def test_a_timeline_minutes_off_is_not_explained_by_chance() -> None:
    clock = estimate_clock(talk(1), talk(1, late=300.0))

    assert clock.offset_s == 300.0
    assert clock.chance is not None
    assert clock.chance < 0.01


def test_another_meetings_timeline_is_explained_by_chance() -> None:
    assert chance(talk(1), talk(2)) > 0.05


def test_names_dealt_at_random_on_the_right_times_are_explained_by_chance() -> None:
    assert chance(talk(1), talk(1, late=0.5, names=7)) > 0.05


def test_one_name_that_follows_one_of_two_speakers_is_tested_by_its_times() -> None:
    random = np.random.default_rng(5)
    ends = np.cumsum(random.exponential(4.5, 40) + 0.5)
    starts = np.append(0.0, ends[:-1])
    people = random.integers(0, 2, 40)
    speech = course(starts, ends, people, 2)
    one = people == 0
    own = course(starts[one] + 0.5, ends[one] + 0.5, people[one], 1)
    turned = course(
        (starts[one] + 90.0) % ends[-1], (starts[one] + 92.0) % ends[-1], people[one], 1
    )

    assert chance(speech, own) < 0.01
    assert chance(speech, turned) > 0.05
