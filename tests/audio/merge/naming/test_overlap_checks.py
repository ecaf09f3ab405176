"""The warnings of rule `overlap`."""

import numpy as np

from audio.merge.naming.overlap import OverlapRule, name_by_overlap
from audio.merge.naming.overlap_checks import check_overlap
from audio.merge.values import NO_VOICES, Diarization, TimelineEntry, Voices
from tests.audio.merge.recordings import axis, diarization

DIARIZED = diarization(
    (0.0, 10.0, "A"), (10.0, 20.0, "B"), embeddings={"A": axis(0), "B": axis(1)}
)
FOLLOWING = [TimelineEntry(0.5, 10.5, "Ann"), TimelineEntry(10.5, 20.5, "Bob")]


def codes(
    entries: list[TimelineEntry],
    voices: Voices = NO_VOICES,
    diarized: Diarization = DIARIZED,
    rule: OverlapRule | None = None,
) -> list[str]:
    rule = rule or OverlapRule()
    named = name_by_overlap(diarized, entries, voices, rule=rule)
    notices = check_overlap(named, diarized, voices, rule=rule)
    return [notice.code for notice in notices]


def test_names_that_follow_their_speakers_have_no_warning() -> None:
    assert codes(FOLLOWING) == []


def test_a_name_shown_for_under_half_of_the_time_is_weak() -> None:
    assert codes([TimelineEntry(0.0, 4.9, "Ann")]) == ["weak_timeline"]


def test_a_name_shown_for_half_of_the_time_is_not_weak() -> None:
    assert codes([TimelineEntry(0.0, 5.0, "Ann")]) == []


def test_a_voice_of_another_name_disagrees() -> None:
    assert codes(FOLLOWING, Voices(("Cleo",), axis(0)[np.newaxis])) == ["voice_disagrees"]


def test_a_voice_of_the_same_name_in_another_case_agrees() -> None:
    assert codes(FOLLOWING, Voices(("ann",), axis(0)[np.newaxis])) == []


def test_two_near_voices_do_not_disagree() -> None:
    near = Voices(("Cleo", "Dan"), np.stack([axis(0), axis(0)]))

    assert codes(FOLLOWING, near, rule=OverlapRule(min_margin=0.05)) == []


def test_a_voice_that_another_speaker_is_nearer_to_does_not_disagree() -> None:
    between = Voices(("Bob",), np.array([[0.6, 0.8, 0.0, 0.0]]))

    assert codes(FOLLOWING, between) == []
