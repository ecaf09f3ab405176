"""Measure how often both rules of label-merge give the right name, on simulated meetings.

    python -m benchmarks.naming_quality                     the table of the docs
    python -m benchmarks.naming_quality --recordings 10     fewer recordings, in seconds
    python -m benchmarks.naming_quality --curves FILE.png   wrong against named, by threshold

Shares are percentages of speaking time, averaged over a cell's recordings. The floor is the wrong
share when each speaker is named by its majority person: the diarizer's own mistakes. Forced means
that every threshold is 0, and that speakers whom rule `evidence` still leaves unnamed get a name
too: the one of rule `overlap` or, where that name is taken, the next shown name that is free. So
both rules name the same speakers.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from audio.merge.naming.acceptance import EVIDENCE_RULE, EvidenceRule
from audio.merge.naming.evidence import name_by_evidence
from audio.merge.naming.overlap import OverlapRule, name_by_overlap
from audio.merge.values import NamedSpeaker
from benchmarks.recorded_meetings import CLINIC
from benchmarks.synthetic.naming_simulator import LEVELS, Simulated, read_manner, simulate
from spark_control.laptop.step_progress import progress

LENGTHS = {"60 s": 60.0, "5 min": 300.0, "15 min": 900.0, "1 h": 3600.0}
# The longer a recording, the less a cell's mean varies, and the more it costs.
SHARE_OF_RECORDINGS = {"60 s": 1.0, "5 min": 0.5, "15 min": 0.25, "1 h": 0.1}
FORCED = EvidenceRule(min_share=0.0, min_evidence_s=0.0, min_margin=-2.0, max_chance=1.0)
HEADER = (
    "| level | length | floor | overlap: right / wrong / unnamed | evidence, forced "
    "| evidence, default | excess: overlap | forced | default |"
)
THRESHOLDS = np.linspace(0.0, 1.0, 21)
Names = Mapping[str, str]
Method = Callable[[Simulated], Names]


@dataclass(frozen=True, slots=True)
class Shares:
    """Percentages of the speaking time."""

    right: float
    wrong: float
    unnamed: float

    def __str__(self) -> str:
        return f"{self.right:.2f} / {self.wrong:.2f} / {self.unnamed:.2f}"


def main() -> int:
    """Print the table row by row; draw the curves if a file is given."""
    asked = _arguments()
    print(HEADER)
    print("|" + " --- |" * HEADER.count(" | ") + " --- |")
    for level in LEVELS:
        for length in LENGTHS:
            with progress(f"{level}, {length}"):
                row = _row(list(_meetings(asked, level, length)))
            print(f"| {level} | {length} | {row} |", flush=True)
    if asked.curves:
        draw_curves(asked, asked.curves)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--recordings", type=int, metavar="N", default=400, help="recordings of 60 s in each cell"
    )
    parser.add_argument(
        "--rttm",
        type=Path,
        metavar="FILE",
        default=CLINIC / "reference.rttm",
        help="reference turns that conversations are drawn from",
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", default=0, help="seed of the first recording"
    )
    parser.add_argument("--curves", type=Path, metavar="FILE", help="needs matplotlib")
    asked = parser.parse_args()
    if asked.curves and not find_spec("matplotlib"):
        parser.error("--curves needs matplotlib: requirements/figures.in names it")
    return asked


def _meetings(asked: argparse.Namespace, level: str, length: str) -> Iterator[Simulated]:
    manner = read_manner(asked.rttm)
    count = max(1, round(asked.recordings * SHARE_OF_RECORDINGS[length]))
    for seed in range(asked.seed, asked.seed + count):
        yield simulate(manner, LENGTHS[length], LEVELS[level], seed)


def _row(meetings: list[Simulated]) -> str:
    floor = float(np.mean([floor_of(meeting) for meeting in meetings]))
    rules = (by_overlap(0.0), forced_by_evidence, by_evidence(EVIDENCE_RULE))
    measured = [mean_shares(meetings, rule) for rule in rules]
    excess = [f"{shares.wrong - floor:.2f}" for shares in measured]
    return " | ".join((f"{floor:.2f}", *map(str, measured), *excess))


def by_overlap(min_overlap: float) -> Method:
    """Return rule `overlap` as a method."""
    rule = OverlapRule(min_overlap)
    return lambda meeting: _names(
        name_by_overlap(meeting.diarization, meeting.entries, meeting.voices, rule=rule)
    )


def by_evidence(rule: EvidenceRule) -> Method:
    """Return rule `evidence` as a method."""
    return lambda meeting: _names(
        name_by_evidence(meeting.diarization, meeting.entries, meeting.voices, rule=rule).speakers
    )


def forced_by_evidence(meeting: Simulated) -> Names:
    """Name by rule `evidence` without thresholds, and guess the names it does not give."""
    names = dict(by_evidence(FORCED)(meeting))
    for speaker, guess in by_overlap(0.0)(meeting).items():
        if speaker not in names:
            shown = (entry.name for entry in meeting.entries)
            free = (name for name in (guess, *shown) if name not in names.values())
            names[speaker] = next(free, guess)
    return names


def mean_shares(meetings: list[Simulated], method: Method) -> Shares:
    """Return the mean over recordings of one length."""
    measured = [shares_of(meeting, method(meeting)) for meeting in meetings]
    return Shares(*(float(column) for column in np.mean(measured, axis=0)))


def shares_of(meeting: Simulated, names: Names) -> tuple[float, float, float]:
    """Return the percentages under the right name, under a wrong one and unnamed."""
    seconds: Counter[str] = Counter()
    for turn in meeting.truth:
        name = names.get(turn.label)
        kind = "unnamed" if name is None else "right" if name == turn.person else "wrong"
        seconds[kind] += turn.end - turn.start  # type: ignore[assignment]
    whole = seconds.total() / 100
    return seconds["right"] / whole, seconds["wrong"] / whole, seconds["unnamed"] / whole


def floor_of(meeting: Simulated) -> float:
    """Return the wrong percentage when each speaker is named by its majority person."""
    labels: dict[str, dict[str, float]] = {}
    for turn in meeting.truth:
        people = labels.setdefault(turn.label, {})
        people[turn.person] = people.get(turn.person, 0.0) + turn.end - turn.start
    majority = {label: max(people, key=people.__getitem__) for label, people in labels.items()}
    return shares_of(meeting, majority)[1]


def _names(speakers: tuple[NamedSpeaker, ...]) -> Names:
    return {one.speaker: one.name for one in speakers if one.source != "unmatched"}


def draw_curves(asked: argparse.Namespace, file: Path) -> None:
    """Draw wrong time over the floor against named time at 5 minutes, one panel per level."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 7), layout="constrained")
    for panel, level in zip(figure.subplots(2, 4).flat, LEVELS, strict=True):
        meetings = list(_meetings(asked, level, "5 min"))
        floor = float(np.mean([floor_of(meeting) for meeting in meetings]))
        for rule, points in _curves(meetings).items():
            named = [100 - shares.unnamed for shares in points]
            panel.plot(named, [shares.wrong - floor for shares in points], ".-", label=rule)
        panel.set(title=level, xlabel="named, %", ylabel="wrong over the floor, points")
    figure.axes[0].legend()
    figure.savefig(file)


def _curves(meetings: list[Simulated]) -> dict[str, list[Shares]]:
    return {
        "overlap": [mean_shares(meetings, by_overlap(least)) for least in THRESHOLDS],
        "evidence": [
            mean_shares(meetings, by_evidence(EvidenceRule(min_share=least)))
            for least in THRESHOLDS
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
