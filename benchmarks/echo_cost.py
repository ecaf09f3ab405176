"""Measure what cancelling an echo costs: processor time and memory, for recordings of any length.

    .venv/bin/python -m spark_control.laptop --no-engines --no-database --data var/echo -- \\
        .venv/bin/python -m benchmarks.echo_cost 1 60 300

The clinic meeting's two tracks are repeated to each number of minutes. The work is that of the
process that the gateway starts, without its start.
"""

import argparse
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from audio.media.decoding import SAMPLE_RATE, sample_blocks
from audio.media.echo.program import answer
from audio.media.echo.protocol import EchoRequest, RawTrack
from audio.media.encoding import pcm
from audio.media.recording import Recording
from benchmarks.measures.memory import peak_mib, reset_peaks, resident_mib
from benchmarks.recorded_meetings import CLINIC

_COLUMNS = ("minutes", "CPU s", "CPU s per minute", "MiB more than before")


def main() -> None:
    """Print one row for each length."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("minutes", type=float, nargs="+")
    table = Table(*_COLUMNS, box=None)
    for minutes in parser.parse_args().minutes:
        with TemporaryDirectory() as folder:
            table.add_row(f"{minutes:g}", *_measured(minutes, Path(folder)))
    Console().print(table)


def _measured(minutes: float, folder: Path) -> list[str]:
    samples = round(minutes * 60 * SAMPLE_RATE)
    mic, system = (_repeated(name, samples, folder / name) for name in ("mic", "system"))
    with mic.open("rb") as ours, system.open("rb") as theirs:
        request = EchoRequest(
            lifeline=-1,
            mic=RawTrack(file=ours.fileno(), offset=0, samples=samples),
            system=RawTrack(file=theirs.fileno(), offset=0, samples=samples),
            cancelled=os.open(folder / "cancelled", os.O_WRONLY | os.O_CREAT, 0o600),
            levels=os.open(folder / "levels", os.O_WRONLY | os.O_CREAT, 0o600),
            memory_bytes=0,
            cpu_s=0,
        )
        own = [os.getpid()]
        reset_peaks(own)
        before, begun = resident_mib(own), time.process_time()
        answer(request)
        seconds = time.process_time() - begun
    return [f"{seconds:.1f}", f"{seconds / minutes:.2f}", f"{peak_mib(own) - before:.0f}"]


def _repeated(track: str, samples: int, path: Path) -> Path:
    """Write samples of 16 bits, the meeting repeated to this number of them."""
    blocks = sample_blocks(Recording(CLINIC / f"{track}.flac", ".flac"))
    content = b"".join(pcm(block).tobytes() for block in blocks)
    left = 2 * samples
    with path.open("wb") as file:
        while left > 0:
            left -= file.write(content[:left])
    return path


if __name__ == "__main__":
    main()
