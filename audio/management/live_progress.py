"""The progress bars of an archive on a terminal: for all of it, and each recording under way."""

from pathlib import PurePath
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from audio.archive.archive_progress import RecordingResult
from audio.archive.inventory import ArchiveRecording, Inventory
from audio.management.archive_report import WIDTH, clock, result_line
from audio.merge.name_spelling import readable


class _Done(ProgressColumn):
    def render(self, task: Task) -> Text:
        total = "?" if task.total is None else clock(task.total)
        return Text(f"{clock(task.completed)} of {total}")


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = _speed(task)
        return Text(f"{speed:.1f} × real time" if speed else "", style="cyan")  # noqa: RUF001


class _Left(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = _speed(task)
        if not speed or task.total is None:
            return Text("")
        return Text(f"{clock(max(0.0, task.total - task.completed) / speed)} left")


def _speed(task: Task) -> float:
    """Return the seconds of audio processed per second, without outputs that existed before."""
    done_s: float = task.completed - task.fields["before_s"]
    return done_s / task.elapsed if task.elapsed else 0.0


class LiveProgress:
    """Listens to an archive, and draws bars; only failures and warnings are printed as lines."""

    def __init__(self, inventory: Inventory, console: Console) -> None:
        self._lock = Lock()
        self._ended_s = self._before_s = 0.0
        self._done_s: dict[PurePath, float] = {}
        self._tasks: dict[PurePath, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            *(_Done(), _Speed(), _Left()),
            console=console,
        )
        seconds = sum(recording.seconds or 0.0 for recording in inventory.recordings)
        self._all = self._bars.add_task("all", total=seconds, before_s=0.0)

    def __enter__(self) -> "LiveProgress":
        self._bars.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._bars.stop()

    def started(self, recording: ArchiveRecording) -> None:
        shown = readable(str(recording.name))[-WIDTH:]
        self._tasks[recording.name] = self._bars.add_task(
            shown, total=recording.seconds, before_s=0.0
        )

    def advanced(self, recording: ArchiveRecording, share: float) -> None:
        with self._lock:
            done_s = self._done_s.get(recording.name, 0.0) + share * (recording.seconds or 0.0)
            # A retried recording reports its shares again, from the start.
            self._done_s[recording.name] = min(done_s, recording.seconds or 0.0)
        self._draw(recording)

    def stopped(self, recording: ArchiveRecording) -> None:
        self._remove(recording, 0.0)

    def ended(self, result: RecordingResult, recording: ArchiveRecording | None) -> None:
        if result.status == "failed" or result.warnings:
            self._bars.console.print(Text(result_line(result)), soft_wrap=True)
        if recording is None:
            return
        if result.status != "done":
            self._before_s += recording.seconds or 0.0
        self._remove(recording, recording.seconds or 0.0)

    def _remove(self, recording: ArchiveRecording, ended_s: float) -> None:
        with self._lock:
            self._done_s.pop(recording.name, None)
            self._ended_s += ended_s
        if task := self._tasks.pop(recording.name, None):
            self._bars.remove_task(task)
        self._draw(recording)

    def _draw(self, recording: ArchiveRecording) -> None:
        with self._lock:
            done_s = self._ended_s + sum(self._done_s.values())
            task, own_s = self._tasks.get(recording.name), self._done_s.get(recording.name, 0.0)
        self._bars.update(self._all, completed=done_s, before_s=self._before_s)
        if task is not None:
            self._bars.update(task, completed=own_s)
