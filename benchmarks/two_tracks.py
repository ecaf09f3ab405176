"""Send two-track recordings to a gateway, and count whose words come out under whose name.

    .venv/bin/python -m spark_control.laptop --no-database --data var/two_tracks -- \\
        .venv/bin/python -m benchmarks.two_tracks FOLDER --times 3

FOLDER has one folder for each recording: `mic.flac`, `system.flac`, `timeline.json` and
`reference.json` with `self_name` and `turns` (speaker, side, start, end, text, speech). The last
row has the counts of all together. A recognizer that draws lots answers differently each time:
each figure is the mean of `--times` runs.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from audio.merge.defaults import DEFAULT_ECHO, ECHO_NAMES
from benchmarks.measures.requests import SETTINGS, TimedAnswer, ask
from benchmarks.measures.two_track_scores import Counts, SpokenTurn, count_words
from spark_control.laptop.gateway import Gateway, running_gateway

LOG = Path("var/two_tracks/gateway.log")
COLUMNS = ("cpWER", "right", "bleed", "lost alone", "lost double", "s", "MiB", "echo", "warnings")


@dataclass(frozen=True, slots=True)
class Run:
    """The counts of one run of one recording, and what it cost."""

    counts: Counts
    answered: TimedAnswer


def main() -> int:
    """Print one row for each recording, and one for all."""
    options = _options()
    folders = sorted(path.parent for path in options.folder.glob("*/reference.json"))
    table = Table("recording", *COLUMNS, box=None)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    everything: list[list[Run]] = []
    with running_gateway(LOG, SETTINGS) as gateway:
        for folder in folders:
            runs = [_run(gateway, folder, options.echo) for _ in range(options.times)]
            everything.append(runs)
            row = _row(runs)
            print(folder.name, *row, file=sys.stderr, flush=True)
            table.add_row(folder.name, *row)
    table.add_row("all", *_figures([run.counts for runs in everything for run in runs]))
    Console(width=180).print(table)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--echo", choices=ECHO_NAMES, default=DEFAULT_ECHO)
    return parser.parse_args()


def _run(gateway: Gateway, folder: Path, echo: str) -> Run:
    reference = json.loads((folder / "reference.json").read_text())
    tracks = {f"{name}_file": folder / f"{name}.flac" for name in ("mic", "system")}
    fields = {
        "timeline": (folder / "timeline.json").read_text(),
        "self_name": reference["self_name"],
        "echo": echo,
    }
    answered = ask(gateway, "/api/audio/label-merge", tracks, fields)
    turns = [
        SpokenTurn(
            name=turn["speaker"],
            text=turn["text"],
            start=turn["start"],
            end=turn["end"],
            speech=[(start, end) for start, end in turn["speech"]],
        )
        for turn in reference["turns"]
    ]
    return Run(count_words(turns, _transcript(answered), reference["self_name"]), answered)


def _transcript(answered: TimedAnswer) -> list[SpokenTurn]:
    return [
        SpokenTurn(
            block["speaker"], block["text"], block["start_ms"] / 1000, block["end_ms"] / 1000
        )
        for block in answered.body["segments"]
    ]


def _row(runs: Sequence[Run]) -> list[str]:
    echo = runs[0].answered.body.get("echo") or {}
    warnings = {notice["code"] for run in runs for notice in run.answered.body.get("warnings", ())}
    return [
        *_figures([run.counts for run in runs]),
        f"{np.mean([run.answered.seconds for run in runs]):.1f}",
        f"{max(run.answered.gateway_mib for run in runs):.0f}",
        " ".join(f"{value:g}" for key, value in echo.items() if value is not None),
        " ".join(sorted(warnings)),
    ]


def _figures(counts: Sequence[Counts]) -> list[str]:
    whole = reduce(add, counts, Counts())
    return [f"{value:.1f}" for value in whole.percentages.values()]


if __name__ == "__main__":
    sys.exit(main())
