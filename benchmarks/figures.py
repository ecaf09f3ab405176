"""How right is the gateway with the built-in engines? The quality figures of benchmarks/README.md.

    make figures                                   the clinic meeting that comes with the project
    make figures ARGS="--recordings FOLDER"        every recording of a folder

A recording is a folder with `reference.rttm`, with `mono.flac` or `mono.wav`, or with `mic.flac`
and `system.flac`; beside them, where there are any, `timeline.json` and `reference.json`.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import meeteval
import psutil
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate
from rich.console import Console
from rich.table import Table

from benchmarks.meetings import CLINIC, LOCAL_USER, Meeting
from benchmarks.scoring import Said, normal_words, score
from spark_control.laptop.gateway import Gateway, running_gateway

LOG = Path("var/figures/gateway.log")
LONGEST_WAIT_S = 1800.0
COLUMNS = ("WER", "cpWER", "right name", "DER", "DER 0.25 s", "time / audio", "peak memory")
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the table, by column; what was not measured is absent."""

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
    reference = _reference_turns(folder)
    heard = Annotation()
    for number, turn in enumerate(answer["segments"]):
        heard[Segment(turn["start_s"], turn["end_s"]), number] = turn["speaker"]
    for column, collar in (("DER", 0.0), ("DER 0.25 s", 0.25)):
        # pyannote counts the collar on both sides together.
        whole = Timeline([Segment(0.0, answer["duration"])])
        error = DiarizationErrorRate(collar=2 * collar)(reference, heard, uem=whole)
        values[column] = f"{error:.1%}"
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
    values["cpWER"] = f"{_cpwer(reference, transcript):.2%}"
    return Figures(f"{folder.name} {mode}", values)


def _asked(path: str, recordings: dict[str, Path], fields: dict[str, str]) -> tuple[Answer, Any]:
    """The answer, and what it cost."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as everything:
        settings = {"API_KEYS": "", "ALLOWED_HOSTS": "127.0.0.1"}
        gateway = everything.enter_context(running_gateway(LOG, settings))
        files = {field: everything.enter_context(p.open("rb")) for field, p in recordings.items()}
        processes = _processes(gateway)
        _forget_peaks(processes)
        started = time.monotonic()
        response = httpx.post(gateway.url + path, files=files, data=fields, timeout=LONGEST_WAIT_S)
        seconds = time.monotonic() - started
        response.raise_for_status()
        answer: Answer = response.json()
        cost = {
            "time / audio": f"{seconds / answer['duration']:.2f}",
            "peak memory": f"{_peak_mib(processes):.0f} MiB",
        }
    return answer, cost


def _processes(gateway: Gateway) -> list[int]:
    """The gateway, and the built-in engine that the launcher started beside this program."""
    launcher = psutil.Process().parent()
    beside = launcher.children(recursive=True) if launcher else []
    engine = [process for process in beside if "cpu_engine.wsgi" in process.cmdline()]
    family = [psutil.Process(gateway.pid), *psutil.Process(gateway.pid).children(recursive=True)]
    return [process.pid for process in (*family, *engine)]


def _forget_peaks(pids: list[int]) -> None:
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_mib(pids: list[int]) -> float:
    """The highest resident memory of each, since it was last forgotten, added up."""
    return sum(_high_water_kib(pid) for pid in pids) / 1024


def _high_water_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _reference_turns(folder: Path) -> Annotation:
    turns = Annotation()
    for number, line in enumerate((folder / "reference.rttm").read_text().splitlines()):
        _, _, _, start, duration, _, _, speaker, *_ = line.split()
        turns[Segment(float(start), float(start) + float(duration)), number] = speaker
    return turns


def _cpwer(reference: list[Said], transcript: list[Said]) -> float:
    """The word error rate by speaker, under the assignment of names that suits it best."""
    sides = [meeteval.io.SegLST(_segments(side)) for side in (reference, transcript)]
    rate: float = meeteval.wer.cpwer(*sides)["meeting"].error_rate
    return rate


def _segments(side: list[Said]) -> list[dict[str, object]]:
    """Segments in order; cpWER joins each speaker's words and looks at no other times."""
    return [
        {
            "session_id": "meeting",
            "speaker": said.name,
            "words": " ".join(normal_words(said.text)),
            "start_time": number,
            "end_time": number + 1,
        }
        for number, said in enumerate(side)
    ]


if __name__ == "__main__":
    sys.exit(main())
