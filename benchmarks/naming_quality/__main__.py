"""Measure how often the rules of label-merge, and those of other products, give the right name.

    python -m benchmarks.naming_quality                        the table of the docs
    python -m benchmarks.naming_quality --recordings 20        fewer recordings, in seconds
    python -m benchmarks.naming_quality --rttm FOLDER          real reference turns
    python -m benchmarks.naming_quality --plot FILE.png        wrong against unnamed
    python -m benchmarks.naming_quality --clocks               offsets, pauses and drift
    python -m benchmarks.naming_quality --matched              rules at the same mis

Right / wrong / unnamed / mis are percentages of speaking time, averaged over the recordings of a
cell. Without `--rttm` the reference turns are drawn (`benchmarks.synthetic.conversations`). The
diarizer and the timelines err as `benchmarks.synthetic` says. The constants of `evidence` were
chosen with seeds from 0 to 999: other seeds are held out.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.naming_quality.clock_levels import LEVELS
from benchmarks.naming_quality.matched_mis import compare, table_of
from benchmarks.naming_quality.meetings import ALL_KINDS, Meeting, Source, read_references
from benchmarks.naming_quality.plot import draw
from benchmarks.naming_quality.rules import RULES, Rule
from benchmarks.naming_quality.scores import Scores, mean, score
from benchmarks.synthetic.conversations import Difficulty, measure_difficulty
from benchmarks.synthetic.measured_voices import STORED, read_voices
from benchmarks.synthetic.timeline_kinds import KINDS, UNRELATED
from spark_control.laptop.step_progress import progress

LENGTHS = {"60 s": 60.0, "5 min": 300.0, "15 min": 900.0, "1 h": 3600.0}
# The longer a recording, the less a cell's mean varies, and the more it costs.
SHARE_OF_RECORDINGS = {"60 s": 1.0, "5 min": 0.5, "15 min": 0.25, "1 h": 0.1}
Cells = dict[tuple[str, str, str], Scores]


def main() -> int:
    """Print the difficulty of the turns, and the tables; draw the plot if a file is given."""
    asked = _arguments()
    references = tuple(read_references(asked.rttm)) if asked.rttm else ()
    source = Source(read_voices(asked.voices), references)
    lengths = asked.lengths.split(",") if asked.lengths else list(LENGTHS)
    print(_difficulty(source, asked.seed))
    kinds = asked.kinds or list(LEVELS if asked.clocks else KINDS)
    if asked.matched:
        return _print_matched(source, kinds, lengths, asked)
    cells: Cells = {}
    for length in lengths:
        print(f"\n| {length} | " + " | ".join(RULES) + " |")
        print("|" + " --- |" * (len(RULES) + 1))
        for kind in kinds:
            with progress(f"{kind}, {length}"):
                _measure(cells, source, kind, length, asked)
            print(_row(kind, [cells[kind, length, rule] for rule in RULES]), flush=True)
        means = {rule: _mean_of(cells, length, rule) for rule in RULES}
        print(_row("**mean**", list(means.values())), flush=True)
    print("\n" + _unrelated(source, lengths, asked))
    if asked.plot:
        draw(cells, lengths, tuple(RULES), asked.plot)
    return 0


def _print_matched(
    source: Source, kinds: Sequence[str], lengths: Sequence[str], asked: argparse.Namespace
) -> int:
    for length in lengths:
        meetings = [
            source.meeting(kind, LENGTHS[length], number)
            for kind in kinds
            for number in _numbers(length, asked)
        ]
        print(f"\n{length}\n\n{table_of(compare(meetings))}", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--recordings", type=int, metavar="N", default=200, help="recordings of 60 s in each cell"
    )
    parser.add_argument(
        "--rttm", type=Path, metavar="FOLDER", help="reference turns, one RTTM file a meeting"
    )
    parser.add_argument(
        "--voices", type=Path, metavar="FILE", default=STORED, help="embeddings of real voices"
    )
    parser.add_argument("--lengths", metavar="LIST", help=f"of {', '.join(LENGTHS)}")
    parser.add_argument(
        "--kinds",
        nargs="+",
        metavar="KIND",
        choices=tuple(ALL_KINDS),
        help=f"of {'; '.join(ALL_KINDS)}",
    )
    parser.add_argument("--clocks", action="store_true", help="offsets, pauses and drift instead")
    parser.add_argument("--matched", action="store_true", help="compare rules at the same mis")
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="of the first recording")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="needs matplotlib")
    asked = parser.parse_args()
    if asked.plot and not find_spec("matplotlib"):
        parser.error("--plot needs matplotlib: requirements/figures.in names it")
    return asked


def _numbers(length: str, asked: argparse.Namespace) -> range:
    count = max(2, round(asked.recordings * SHARE_OF_RECORDINGS[length]))
    return range(asked.seed, asked.seed + count)


def _measure(
    cells: Cells, source: Source, kind: str, length: str, asked: argparse.Namespace
) -> None:
    scored: dict[str, list[Scores]] = {rule: [] for rule in RULES}
    for number in _numbers(length, asked):
        meeting = source.meeting(kind, LENGTHS[length], number)
        for name, rule in RULES.items():
            scored[name].append(score(meeting, rule(meeting)))
    for name, scores in scored.items():
        cells[kind, length, name] = mean(scores)


def _mean_of(cells: Cells, length: str, rule: str) -> Scores:
    return mean(one for (_, at, by), one in cells.items() if (at, by) == (length, rule))


def _row(first: str, scores: list[Scores]) -> str:
    return f"| {first} | " + " | ".join(map(str, scores)) + " |"


def _difficulty(source: Source, seed: int) -> str:
    """Report how hard the reference turns are, as means over recordings of 15 minutes."""
    measured = [measure_difficulty(source.turns(900.0, seed + at)) for at in range(20)]
    parts = {"all": measured}
    if not source.references:
        broadcasts = [one for at, one in enumerate(measured) if (seed + at) % 3 == 0]
        parts = {
            "meetings": [one for one in measured if one not in broadcasts],
            "broadcasts": broadcasts,
        }
    return "\n".join(
        f"{name}: {_mean(one, lambda d: d.turns_a_minute):.1f} turns a minute, "
        f"{_mean(one, lambda d: d.short_turns):.0f} % of them under 1 s, "
        f"{_mean(one, lambda d: d.overlap):.1f} % of speech overlaps, the main person has "
        f"{_mean(one, lambda d: d.most):.0f} %, {_mean(one, lambda d: d.people):.1f} people"
        for name, one in parts.items()
    )


def _mean(measured: list[Difficulty], what: Callable[[Difficulty], float]) -> float:
    return float(np.mean([what(one) for one in measured]))


def _unrelated(source: Source, lengths: list[str], asked: argparse.Namespace) -> str:
    """Report in how many recordings a rule names by a timeline of which no name is right."""
    rows = ["| recordings with a name | " + " | ".join(RULES) + " |"]
    rows.append("|" + " --- |" * (len(RULES) + 1))
    for length, kind in product(lengths, UNRELATED):
        with progress(f"{kind}, {length}"):
            meetings = [
                source.meeting(kind, LENGTHS[length], number) for number in _numbers(length, asked)
            ]
            shares = [
                100 * np.mean([_shows(rule, one) for one in meetings]) for rule in RULES.values()
            ]
        cells = " | ".join(f"{share:.1f} %" for share in shares)
        rows.append(f"| {kind}, {length} | {cells} |")
    return "\n".join(rows)


def _shows(rule: Rule, meeting: Meeting) -> bool:
    """Return whether a rule gives a speaker a name that no voice supports."""
    by_voice = rule(_without_timeline(meeting))
    return any(by_voice.get(label) != name for label, name in rule(meeting).items())


def _without_timeline(meeting: Meeting) -> Meeting:
    return Meeting(meeting.pieces, meeting.diarization, (), meeting.voices, meeting.names)


if __name__ == "__main__":
    sys.exit(main())
