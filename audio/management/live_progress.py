"""How far an archive is, on a terminal: all of it, and each recording under way."""

from pathlib import PurePath
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from audio.archive.follower import Outcome
from audio.archive.inventory import Finds, Found
from audio.management.archive_report import WIDTH, clock, line_of
from audio.merge.name_spelling import readable


class _Heard(ProgressColumn):
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
    """Seconds of audio heard in a second; what was there before was not heard."""
    heard_s: float = task.completed - task.fields["before_s"]
    return heard_s / task.elapsed if task.elapsed else 0.0


class Live:
    """Follows an archive on a terminal; of those that ended only failures are told above."""

    def __init__(self, finds: Finds, console: Console) -> None:
        self._lock = Lock()
        self._ended_s = self._before_s = 0.0
        self._heard_s: dict[PurePath, float] = {}
        self._tasks: dict[PurePath, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            *(_Heard(), _Speed(), _Left()),
            console=console,
        )
        seconds = sum(found.seconds or 0.0 for found in finds.recordings)
        self._all = self._bars.add_task("all", total=seconds, before_s=0.0)

    def __enter__(self) -> "Live":
        self._bars.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._bars.stop()

    def begins(self, found: Found) -> None:
        shown = readable(str(found.name))[-WIDTH:]
        self._tasks[found.name] = self._bars.add_task(shown, total=found.seconds, before_s=0.0)

    def advances(self, found: Found, share: float) -> None:
        with self._lock:
            heard_s = self._heard_s.get(found.name, 0.0) + share * (found.seconds or 0.0)
            # A recording that is tried again begins anew.
            self._heard_s[found.name] = min(heard_s, found.seconds or 0.0)
        self._draw(found)

    def stops(self, found: Found) -> None:
        self._forget(found, 0.0)

    def ends(self, outcome: Outcome, found: Found | None) -> None:
        if outcome.how == "failed" or outcome.warnings:
            self._bars.console.print(Text(line_of(outcome)), soft_wrap=True)
        if found is None:
            return
        if outcome.how != "done":
            self._before_s += found.seconds or 0.0
        self._forget(found, found.seconds or 0.0)

    def _forget(self, found: Found, ended_s: float) -> None:
        with self._lock:
            self._heard_s.pop(found.name, None)
            self._ended_s += ended_s
        if task := self._tasks.pop(found.name, None):
            self._bars.remove_task(task)
        self._draw(found)

    def _draw(self, found: Found) -> None:
        with self._lock:
            heard_s = self._ended_s + sum(self._heard_s.values())
            task, own_s = self._tasks.get(found.name), self._heard_s.get(found.name, 0.0)
        self._bars.update(self._all, completed=heard_s, before_s=self._before_s)
        if task is not None:
            self._bars.update(task, completed=own_s)
