"""Time and memory for reading 32 MiB of each timeline format.

    python -m benchmarks.timeline_reading [FORMAT …]

Each format is written with as many entries as fit, up to the limit on entries, and read in a
process of its own, whose peak it is. An interpreter with the readers alone has the first peak.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from audio.timelines.entries import timeline_entries
from audio.timelines.export import MAX_BYTES, MAX_ENTRIES
from audio.timelines.registry import read_timeline
from tests.audio.timelines.export_writers import plain, writers

MIB = 1024 * 1024
NAMES = ("George Hall", "Emma Brook", "Michael Reyes")
# As long as three seconds of speech.
TEXT = "We planned four hundred and twenty thousand so far."


def main() -> None:
    """Measure all formats, or those that are named."""
    formats = {format: name for name, format, _, _ in writers()}
    print("| format | MiB | entries | CPU s | peak, MiB |\n| --- | --- | --- | --- | --- |")
    print(_in_process(_measure, None, "nothing"))
    for format, name in {"list": "", **formats}.items():
        if not sys.argv[1:] or format in sys.argv[1:]:
            with tempfile.NamedTemporaryFile() as file:
                _in_process(_write, file.name, name)
                print(_in_process(_measure, file.name, format), flush=True)


def entries(count: int) -> Iterator[tuple[float, float, str]]:
    """Yield entries of 2 s, half a second apart, by three people."""
    for at in range(count):
        yield 2.5 * at, 2.5 * at + 2.0, NAMES[at % 3]


def _in_process(function: object, *arguments: object) -> object:
    with get_context("spawn").Pool(1) as process:
        return process.apply(function, arguments)  # type: ignore[arg-type]


def _measure(path: str | None, format: str) -> str:
    size = used = 0
    begun = time.process_time()
    if path is not None:
        content = Path(path).read_bytes()
        size = len(content)
        used = len(timeline_entries(read_timeline(content, format=format), 0.0)[0])
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"| `{format}` | {size / MIB:.1f} | {used:,} | {seconds:.2f} | {peak:.0f} |"


def _write(path: str, name: str) -> None:
    """Write an export of up to 32 MiB."""
    per_entry = (len(_text(name, 1100)) - len(_text(name, 100))) / 1000
    # Later entries have longer times.
    count = min(MAX_ENTRIES - 1, int(0.97 * MAX_BYTES / per_entry))
    Path(path).write_text(_text(name, count))


def _text(name: str, count: int) -> str:
    listed = list(entries(count))
    if not name:
        return plain(listed)
    write = next(write for file, _, _, write in writers() if file == name)
    return write(listed, _words)


def _words(start: float, end: float, name: str) -> str:
    return TEXT


if __name__ == "__main__":
    main()
