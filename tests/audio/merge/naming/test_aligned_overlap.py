"""Rule overlap with a timeline whose clock may be off."""

from dataclasses import replace

import pytest

from audio.merge.named_transcript import name_transcript
from audio.merge.naming.aligned_overlap import check_late, name_by_aligned_overlap
from audio.merge.naming.overlap import OverlapRule
from audio.merge.values import NO_VOICES, Diarization, TimelineEntry, Turn

RULE = OverlapRule(follows_clock=True)
# Turns of different lengths, so that one offset fits and no other.
LENGTHS = (3.0, 7.0, 4.0, 9.0, 5.0, 6.0, 8.0, 3.5, 11.0, 4.5, 6.5, 5.5, 9.5, 7.5, 3.2, 8.2)
NAMES = {"A": "Ann Lee", "B": "Bob Roy"}


def turns() -> tuple[Turn, ...]:
    starts = [sum(LENGTHS[:at]) for at in range(len(LENGTHS))]
    return tuple(
        Turn(start, start + length - 0.5, "AB"[at % 2])
        for at, (start, length) in enumerate(zip(starts, LENGTHS, strict=True))
    )


TALK = Diarization(turns(), ("A", "B"))


def shown(offset_s: float) -> list[TimelineEntry]:
    return [
        TimelineEntry(turn.start + offset_s, turn.end + offset_s, NAMES[turn.speaker])
        for turn in TALK.turns
    ]


@pytest.mark.parametrize("offset_s", [-600.0, -20.0, -5.0, 0.6, 5.0, 60.0])
def test_a_timeline_of_any_offset_is_moved_before_names_are_given(offset_s: float) -> None:
    naming = name_by_aligned_overlap(TALK, shown(offset_s), NO_VOICES, rule=RULE)

    assert [one.name for one in naming.speakers] == ["Ann Lee", "Bob Roy"]
    assert naming.timeline_offset_s == pytest.approx(offset_s, abs=0.2)


def test_readings_of_a_name_are_joined() -> None:
    first, *others = shown(0.5)
    entries = [replace(first, name="ann lee"), *others]

    naming = name_by_aligned_overlap(TALK, entries, NO_VOICES, rule=RULE)

    assert naming.speakers[0].name_readings == ("ann lee",)


def test_an_empty_timeline_names_by_voices_alone() -> None:
    naming = name_by_aligned_overlap(TALK, [], NO_VOICES, rule=RULE)

    assert (naming.timeline, naming.notices) == (None, ())


@pytest.mark.parametrize(("offset_s", "words"), [(30.0, "30.0 s late"), (-30.0, "30.0 s early")])
def test_a_late_plain_list_is_left_and_pointed_out(offset_s: float, words: str) -> None:
    named = name_transcript(TALK, None, shown(offset_s), NO_VOICES)

    [notice] = [one for one in named.warnings if one.code == "timeline_late"]
    assert words in notice.message
    assert named.timeline_offset_s is None


@pytest.mark.parametrize("offset_s", [-1.0, 0.0, 0.6, 1.5])
def test_a_plain_list_in_time_gets_no_warning(offset_s: float) -> None:
    assert check_late(TALK, shown(offset_s)) == ()


def test_one_name_is_never_called_late() -> None:
    entries = [TimelineEntry(0.0, 60.0, "Ann Lee"), TimelineEntry(200.0, 230.0, "Ann Lee")]

    assert check_late(TALK, entries) == ()
