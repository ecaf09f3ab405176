"""Whose are the words while two people speak at once?"""

from audio.merge.speaker_labels import share_overlaps
from audio.merge.values import Turn


def spans(*turns: Turn) -> list[tuple[float, float, str]]:
    return [(turn.start, turn.end, turn.speaker) for turn in share_overlaps(turns)]


def test_two_speakers_part_at_the_middle_of_their_overlap() -> None:
    shared = spans(Turn(0.0, 4.0, "A"), Turn(3.0, 9.0, "B"))

    assert shared == [(0.0, 3.5, "A"), (3.5, 9.0, "B")]


def test_a_turn_between_two_gives_to_both() -> None:
    shared = spans(Turn(0.0, 4.0, "A"), Turn(3.0, 9.0, "B"), Turn(8.0, 12.0, "A"))

    assert shared == [(0.0, 3.5, "A"), (3.5, 8.5, "B"), (8.5, 12.0, "A")]


def test_a_turn_inside_another_stays() -> None:
    turns = (Turn(0.0, 9.0, "A"), Turn(3.0, 4.0, "B"))

    assert share_overlaps(turns) == turns


def test_a_turn_inside_another_that_ends_with_it_stays() -> None:
    turns = (Turn(0.0, 9.0, "A"), Turn(3.0, 9.0, "B"))

    assert share_overlaps(turns) == turns


def test_turns_of_one_speaker_stay() -> None:
    turns = (Turn(0.0, 4.0, "A"), Turn(3.0, 9.0, "A"))

    assert share_overlaps(turns) == turns


def test_turns_that_touch_stay() -> None:
    turns = (Turn(0.0, 4.0, "A"), Turn(4.0, 9.0, "B"))

    assert share_overlaps(turns) == turns


def test_the_order_they_are_listed_in_does_not_matter() -> None:
    assert spans(Turn(3.0, 9.0, "B"), Turn(0.0, 4.0, "A")) == [(0.0, 3.5, "A"), (3.5, 9.0, "B")]


def test_three_at_once_part_two_by_two() -> None:
    shared = spans(Turn(0.0, 6.0, "A"), Turn(1.0, 6.5, "B"), Turn(1.0, 20.0, "C"))

    assert shared == [(0.0, 3.5, "A"), (3.5, 3.75, "B"), (3.75, 20.0, "C")]
