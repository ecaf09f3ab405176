"""The report of an archive: a line for each recording, the totals, and the failures."""

from collections.abc import Iterable, Sequence

from audio.archive.archive_progress import RecordingResult, Status
from audio.archive.inventory import ArchiveRecording, Inventory
from audio.management.console import WriteLine
from audio.merge.name_spelling import readable

WIDTH = 44
_ROWS: tuple[tuple[Status, str], ...] = (
    ("done", "done"),
    ("to do", "to do"),
    ("copied", "copied"),
    ("there", "there already"),
    ("failed", "failed"),
)


class ResultLines:
    """Listens to an archive outside a terminal, and writes a line for each result."""

    def __init__(self, write: WriteLine) -> None:
        self._write = write

    def started(self, recording: ArchiveRecording) -> None:
        """Write nothing yet."""

    def advanced(self, recording: ArchiveRecording, share: float) -> None:
        """Write nothing yet."""

    def stopped(self, recording: ArchiveRecording) -> None:
        """Write nothing: the recording is counted among those that are left."""

    def ended(self, result: RecordingResult, recording: ArchiveRecording | None) -> None:
        self._write(result_line(result))


def result_line(result: RecordingResult) -> str:
    """Return the line of a recording."""
    return f"{result.status:<7} {readable(result.name):<{WIDTH}} {_details(result)}".rstrip()


def _details(result: RecordingResult) -> str:
    if result.status in ("failed", "copied"):
        return readable(result.reason)
    if not result.took_s:
        return clock(result.audio_s)
    speed = _times_real_time(result.audio_s / result.took_s)
    timing = f"{clock(result.audio_s)} in {clock(result.took_s)}, {speed}"
    return "; ".join([timing, *result.warnings])


def inventory_line(inventory: Inventory) -> str:
    """Return the line that counts what was found."""
    seconds = sum(recording.seconds or 0.0 for recording in inventory.recordings)
    line = f"{_counted(len(inventory.recordings), 'recording')}, {clock(seconds)} of audio"
    if inventory.ignored:
        line += f"; {_counted(inventory.ignored, 'other file')} passed over"
    return f"{line}."


def loop_lines(inventory: Inventory) -> list[str]:
    """Return a line for each folder that was not searched a second time."""
    return [
        f"{'loop':<7} {readable(str(folder)):<{WIDTH}} leads to a folder that is searched already."
        for folder in inventory.loops
    ]


def totals_table(results: Sequence[RecordingResult], *, left: int = 0) -> list[str]:
    """Return a table of recordings and audio by status."""
    rows = [
        (title, [result for result in results if result.status == status])
        for status, title in _ROWS
    ]
    return [
        f"{'':<14}{'recordings':>11}{'audio':>11}",
        *(
            _row(title, len(group), sum(result.audio_s for result in group))
            for title, group in rows
            if group
        ),
        *([_row("left", left, 0.0)] if left else []),
    ]


def summary(results: Sequence[RecordingResult], *, left: int, took_s: float) -> list[str]:
    """Return the totals and the speed of a run."""
    audio_s = sum(result.audio_s for result in results if result.status == "done")
    speed = f": {_times_real_time(audio_s / took_s)}" if audio_s else ""
    last = f"{clock(audio_s)} of audio processed in {clock(took_s)}{speed}."
    return [*totals_table(results, left=left), last]


def estimate_line(seconds: float, measured: float | None, assumed: float) -> str:
    """Return how long a run would take, and where the speed comes from."""
    source = "as measured here" if measured else "assumed: nothing was measured here yet"
    return f"About {clock(seconds)} at {_times_real_time(measured or assumed)} ({source})."


def failure_lines(results: Iterable[RecordingResult]) -> list[str]:
    """Return a line for each recording that failed."""
    return [result_line(result) for result in results if result.status == "failed"]


def clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    minutes, second = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"


def _times_real_time(speed: float) -> str:
    return f"{speed:.1f} × real time"  # noqa: RUF001


def _row(title: str, count: int, seconds: float) -> str:
    return f"{title:<14}{count:>11}{clock(seconds) if seconds else '':>11}".rstrip()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
