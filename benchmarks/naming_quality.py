"""How right are the names? Both rules of label-merge on simulated meetings.

    python -m benchmarks.naming_quality                     the table of benchmarks/README.md
    python -m benchmarks.naming_quality --recordings 10     fewer recordings, in seconds
    python -m benchmarks.naming_quality --curves FILE.png   wrong against named, by threshold

Shares are of speaking time, in percent, the mean over a cell's recordings. The floor is what
naming each speaker by its majority person leaves wrong: the diarizer's own mistakes. Forced means
that every threshold is 0, and that whoever rule `evidence` still leaves unnamed gets a name too:
the one that `overlap` gives or, where somebody bears that already, the next one shown that nobody
does. So both rules name the same speakers.
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
from audio.merge.naming.overlap import OverlapRule, name_speakers
from audio.merge.values import NamedSpeaker
from benchmarks.recorded_meetings import CLINIC
from benchmarks.synthetic.naming_simulator import LEVELS, Simulated, manner_of, simulate
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
    """Of the speaking time, in percent."""

    right: float
    wrong: float
    unnamed: float

    def __str__(self) -> str:
        return f"{self.right:.2f} / {self.wrong:.2f} / {self.unnamed:.2f}"


def main() -> int:
    """Print the table, cell by cell; draw the curves where a file for them is named."""
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
    parser.add_argument("--recordings", type=int, metavar="N", default=400, help="of 60 s")
    parser.add_argument(
        "--rttm",
        type=Path,
        metavar="FILE",
        default=CLINIC / "reference.rttm",
        help="how people talk",
    )
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="of the first recording")
    parser.add_argument("--curves", type=Path, metavar="FILE", help="needs matplotlib")
    asked = parser.parse_args()
    if asked.curves and not find_spec("matplotlib"):
        parser.error("--curves needs matplotlib: requirements/figures.in names it")
    return asked


def _meetings(asked: argparse.Namespace, level: str, length: str) -> Iterator[Simulated]:
    manner = manner_of(asked.rttm)
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
    """Rule `overlap`."""
    rule = OverlapRule(min_overlap)
    return lambda met: _names(name_speakers(met.diarization, met.entries, met.voices, rule=rule))


def by_evidence(rule: EvidenceRule) -> Method:
    """Rule `evidence`."""
    return lambda met: _names(
        name_by_evidence(met.diarization, met.entries, met.voices, rule=rule).speakers
    )


def forced_by_evidence(met: Simulated) -> Names:
    """Rule `evidence` without thresholds, and a guess for those it says nothing of."""
    names = dict(by_evidence(FORCED)(met))
    for speaker, guess in by_overlap(0.0)(met).items():
        if speaker not in names:
            shown = (entry.name for entry in met.entries)
            free = (name for name in (guess, *shown) if name not in names.values())
            names[speaker] = next(free, guess)
    return names


def mean_shares(meetings: list[Simulated], method: Method) -> Shares:
    """The mean over recordings of one length."""
    measured = [shares_of(meeting, method(meeting)) for meeting in meetings]
    return Shares(*(float(column) for column in np.mean(measured, axis=0)))


def shares_of(meeting: Simulated, names: Names) -> tuple[float, float, float]:
    """How much of what was said is under the right name, a wrong one and none."""
    seconds: Counter[str] = Counter()
    for said in meeting.truth:
        name = names.get(said.label)
        kind = "unnamed" if name is None else "right" if name == said.person else "wrong"
        seconds[kind] += said.end - said.start  # type: ignore[assignment]
    whole = seconds.total() / 100
    return seconds["right"] / whole, seconds["wrong"] / whole, seconds["unnamed"] / whole


def floor_of(meeting: Simulated) -> float:
    """What is wrong when each speaker is named by its majority person."""
    labels: dict[str, dict[str, float]] = {}
    for said in meeting.truth:
        people = labels.setdefault(said.label, {})
        people[said.person] = people.get(said.person, 0.0) + said.end - said.start
    majority = {label: max(people, key=people.__getitem__) for label, people in labels.items()}
    return shares_of(meeting, majority)[1]


def _names(speakers: tuple[NamedSpeaker, ...]) -> Names:
    return {one.speaker: one.name for one in speakers if one.source != "unmatched"}


def draw_curves(asked: argparse.Namespace, file: Path) -> None:
    """Wrong time over the floor against named time, one panel per level, at 5 minutes."""
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
