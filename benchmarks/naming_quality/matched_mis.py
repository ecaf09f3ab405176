"""Rules compared at the same mis: how much each names rightly where it errs as often.

The thresholds of a rule trade right names against wrong ones. Each rule is measured from strict to
lenient; a foreign rule's point is set against the best of ours whose mis is not higher.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audio.merge.naming.acceptance import EvidenceRule
from benchmarks.naming_quality.meetings import Meeting
from benchmarks.naming_quality.rules import Rule, by_evidence, by_exclusive_spans, by_overlap
from benchmarks.naming_quality.scores import Scores, mean, score

OVERLAP_SHARES = (0.0, 0.3, 0.5, 0.7, 0.9)
SPAN_SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)
OURS: dict[str, EvidenceRule] = {
    "lead 8, share 0.8": EvidenceRule(min_lead_nats=8.0, min_share=0.8),
    "lead 4, share 0.7": EvidenceRule(min_lead_nats=4.0, min_share=0.7),
    "lead 3, share 0.6": EvidenceRule(min_lead_nats=3.0, min_share=0.6),
    "as it is": EvidenceRule(),
    "chance 0.2": EvidenceRule(max_chance=0.2),
    "lead 1, chance 0.5": EvidenceRule(min_lead_nats=1.0, min_share=0.4, max_chance=0.5),
    "lead 0.5, chance 1": EvidenceRule(
        min_lead_nats=0.5, min_share=0.3, min_evidence_s=1.0, min_begun=0.1, max_chance=1.0
    ),
    "lead 0, chance 1": EvidenceRule(
        min_lead_nats=0.0, min_share=0.0, min_evidence_s=0.0, min_begun=0.0, max_chance=1.0
    ),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One point of a foreign rule, and the best of ours at no higher mis, if there is one."""

    foreign: str
    theirs: Scores
    ours: str | None
    best: Scores | None

    @property
    def lead(self) -> float:
        """How many percent of the speech ours names rightly beyond the foreign rule."""
        return (self.best.right if self.best else 0.0) - self.theirs.right


def compare(meetings: Sequence[Meeting]) -> list[Comparison]:
    """Compare every point of the foreign rules with ours, over the same recordings."""
    ours = {name: _measure(by_evidence(rule), meetings) for name, rule in OURS.items()}
    foreign: dict[str, Rule] = {
        **{f"overlap at {share}": by_overlap(share) for share in OVERLAP_SHARES},
        **{f"exclusive spans at {share}": by_exclusive_spans(share) for share in SPAN_SHARES},
    }
    return [_set_against(name, _measure(rule, meetings), ours) for name, rule in foreign.items()]


def table_of(comparisons: Iterable[Comparison]) -> str:
    """Return the comparisons as a table."""
    rows = ["| foreign rule | right / wrong / unnamed / mis | ours | the same | lead |"]
    rows.append("| --- | --- | --- | --- | --- |")
    rows += [
        f"| {one.foreign} | {one.theirs} | {one.ours or 'none'} | {one.best or ''} "
        f"| {one.lead:+.1f} |"
        for one in comparisons
    ]
    return "\n".join(rows)


def _measure(rule: Rule, meetings: Sequence[Meeting]) -> Scores:
    return mean(score(one, rule(one)) for one in meetings)


def _set_against(name: str, theirs: Scores, ours: dict[str, Scores]) -> Comparison:
    near = {one: scores for one, scores in ours.items() if scores.mis <= theirs.mis}
    best = max(near, key=lambda one: near[one].right, default=None)
    return Comparison(name, theirs, best, near[best] if best else None)
