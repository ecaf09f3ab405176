"""The rules that the benchmark compares: ours, and those of other products.

To add one, write a function from a meeting to the names of its labels, and add it to `RULES`. A
label without a name is missing in the answer.
"""

from collections.abc import Callable, Iterable

import numpy as np

from audio.merge.diarized_speakers import speakers_of
from audio.merge.intervals import edges
from audio.merge.naming.acceptance import EVIDENCE_RULE, EvidenceRule
from audio.merge.naming.evidence import name_by_evidence
from audio.merge.naming.joint_table import course, joint_table
from audio.merge.naming.overlap import OverlapRule, name_by_overlap
from audio.merge.values import NamedSpeaker
from benchmarks.naming_quality.meetings import Meeting
from benchmarks.naming_quality.scores import Names

Rule = Callable[[Meeting], Names]
SPAN_SHARE = 0.7


def by_overlap(min_overlap: float) -> Rule:
    """Return rule `overlap`."""
    rule = OverlapRule(min_overlap)
    return lambda meeting: _names(
        name_by_overlap(meeting.diarization, meeting.entries, meeting.voices, rule=rule)
    )


def by_evidence(rule: EvidenceRule = EVIDENCE_RULE) -> Rule:
    """Return rule `evidence`."""
    return lambda meeting: _names(
        name_by_evidence(meeting.diarization, meeting.entries, meeting.voices, rule=rule).speakers
    )


def by_exclusive_spans(share: float = SPAN_SHARE) -> Rule:
    """Return a rule by time in which one speaker talks and one name is shown, shares both ways.

    Another product's rule: without voices, without a clock, and no least time.
    """
    return lambda meeting: _name_by_exclusive_spans(meeting, share)


def _name_by_exclusive_spans(meeting: Meeting, share: float) -> Names:
    labels = speakers_of(meeting.diarization)
    names = tuple(dict.fromkeys(entry.name for entry in meeting.entries))
    if not names or not labels:
        return {}
    owners = [labels.index(turn.speaker) for turn in meeting.diarization.turns]
    shown = [names.index(entry.name) for entry in meeting.entries]
    table = joint_table(
        course(*edges(meeting.diarization.turns), np.array(owners), len(labels)),
        course(*edges(meeting.entries), np.array(shown), len(names)),
    )[:, :-1]
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0)
    is_enough = (table > 0) & (table >= share * rows) & (table >= share * columns)
    return {labels[row]: names[at] for row, at in zip(*np.nonzero(is_enough), strict=True)}


RULES: dict[str, Rule] = {
    "overlap": by_overlap(0.0),
    "overlap at 0.5": by_overlap(0.5),
    "exclusive spans": by_exclusive_spans(),
    "evidence": by_evidence(),
}


def _names(speakers: Iterable[NamedSpeaker]) -> Names:
    return {one.speaker: one.name for one in speakers if one.source != "unmatched"}
