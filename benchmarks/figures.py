"""Measure the quality of the gateway with the built-in engine.

    make figures                                   the clinic meeting that comes with the project
    make figures ARGS="--recordings FOLDER"        every recording of a folder

A recording is a folder with `reference.rttm` and either `mono.flac` or `mono.wav`, or `mic.flac`
and `system.flac`; `timeline.json` and `reference.json` are optional.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.measures.requests import SETTINGS, ask
from benchmarks.measures.speaker_errors import (
    Comparison,
    cpwer,
    diarization_error,
    hypothesis_turns,
    reference_turns,
)
from benchmarks.measures.transcript_scores import Said, score
from benchmarks.recorded_meetings import CLINIC, LOCAL_USER, Meeting
from spark_control.laptop.gateway import running_gateway

LOG = Path("var/figures/gateway.log")
COLUMNS = ("WER", "cpWER", "right name", "DER", "DER 0.25 s", "time / audio", "peak memory")
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the table, by column; columns that were not measured are absent."""

    what: str
    values: dict[str, str]


def main() -> int:
    """Measure every recording, one line at a time."""
    folders = _folders()
    table = Table("recording", *COLUMNS, box=None)
    for folder in folders:
        for figures in _measured(folder):
            print(figures.what, figures.values, file=sys.stderr, flush=True)
            table.add_row(figures.what, *(figures.values.get(name, "") for name in COLUMNS))
    Console(width=140).print(table)
    return 0


def _folders() -> list[Path]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recordings", type=Path, metavar="FOLDER", default=CLINIC.parent)
    root = parser.parse_args().recordings
    folders = sorted(path.parent for path in root.glob("*/reference.rttm"))
    if not folders:
        parser.error(f"no reference.rttm in any folder of {root}")
    return folders


def _measured(folder: Path) -> Iterator[Figures]:
    mono = next((path for path in folder.glob("mono.*")), None)
    if mono:
        yield _diarized(folder, mono)
    if mono and (folder / "timeline.json").exists():
        yield _merged(folder, "mono", {"file": mono})
    if (folder / "mic.flac").exists():
        tracks = {f"{name}_file": folder / f"{name}.flac" for name in ("mic", "system")}
        yield _merged(folder, "dual", tracks)


def _diarized(folder: Path, recording: Path) -> Figures:
    answer, values = _asked("/api/audio/diarize-chunk", {"file": recording}, {})
    heard = hypothesis_turns(answer["segments"])
    talk = Comparison(reference_turns(folder / "reference.rttm"), heard, answer["duration"])
    for column, collar in (("DER", 0.0), ("DER 0.25 s", 0.25)):
        values[column] = f"{diarization_error([talk], collar):.1%}"
    return Figures(f"{folder.name} diarization", values)


def _merged(folder: Path, mode: str, recordings: dict[str, Path]) -> Figures:
    meeting = Meeting(folder)
    fields = {"timeline": meeting.timeline, "self_name": LOCAL_USER, "transcribe": "true"}
    answer, values = _asked("/api/audio/label-merge", recordings, fields)
    reference = [Said(u.name, u.text) for u in meeting.utterances]
    transcript = [Said(s["speaker"], s["text"]) for s in answer["segments"]]
    measured = score(reference, transcript)
    values["WER"] = f"{measured.word_error_rate:.2%}"
    values["right name"] = f"{measured.rightly_named:.2%}"
    values["cpWER"] = f"{cpwer([(reference, transcript)]):.2%}"
    return Figures(f"{folder.name} {mode}", values)


def _asked(path: str, recordings: dict[str, Path], fields: dict[str, str]) -> tuple[Answer, Any]:
    """Return the answer, its time and its memory."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with running_gateway(LOG, SETTINGS) as gateway:
        answered = ask(gateway, path, recordings, fields)
    cost = {
        "time / audio": f"{answered.seconds / answered.body['duration']:.2f}",
        "peak memory": f"{answered.gateway_mib + answered.engine_mib:.0f} MiB",
    }
    return answered.body, cost


if __name__ == "__main__":
    sys.exit(main())
