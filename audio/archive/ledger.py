"""What is done already, and what failed? A line in a file beside the outputs for each.

A line is whole or ignored: whatever ends a run, the next one reads what was done before. Only one
run at a time works in a folder.
"""

import errno
import fcntl
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path

NAME = "archive.jsonl"


class InUse(Exception):
    """Another run is at work in this folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A recording that was done, or with a `reason` failed.

    `key` says of what and how; with a `reason` besides, it was begun and is not done. `busy_s` is
    the time it took, shared with those done beside it.
    """

    name: str
    key: str = ""
    reason: str = ""
    audio_s: float = 0.0
    busy_s: float = 0.0
    transcript_id: str = ""
    warnings: tuple[str, ...] = ()


class Ledger:
    """What is known of the recordings of one folder of outputs."""

    def __init__(self, entries: Iterable[Entry] = (), file: FileIO | None = None) -> None:
        self._file = file
        self._last: dict[str, Entry] = {}
        self._done: dict[str, dict[str, Entry]] = defaultdict(dict)
        self._begun: set[str] = set()
        for entry in entries:
            self._know(entry)

    def add(self, entry: Entry) -> None:
        """Write a line, so that it is there after whatever happens.

        Raises
        ------
        OSError
        """
        if self._file is not None:
            _append(self._file, entry)
        self._know(entry)

    def done(self, name: str) -> Entry | None:
        """What was done under this name last, unless that failed."""
        entry = self._last.get(name)
        return None if entry is None or entry.reason else entry

    def done_alike(self, key: str) -> list[Entry]:
        """All that was done of the same, whatever its name."""
        return list(self._done.get(key, {}).values())

    def failed(self) -> frozenset[str]:
        """The names under which something failed, and was not done since."""
        return frozenset(
            name for name, entry in self._last.items() if entry.reason and not entry.key
        )

    def was_begun(self, name: str) -> bool:
        """Whether anything was ever done under this name, so that what stands there is ours."""
        return name in self._begun

    def speed(self) -> float | None:
        """How many seconds of audio were done in a second; None where nothing was."""
        entries = [entry for alike in self._done.values() for entry in alike.values()]
        busy_s = sum(entry.busy_s for entry in entries)
        return sum(entry.audio_s for entry in entries if entry.busy_s) / busy_s if busy_s else None

    def _know(self, entry: Entry) -> None:
        before = self._last.pop(entry.name, None)
        if before is not None and not before.reason:
            self._done[before.key].pop(entry.name, None)
        self._last[entry.name] = entry
        if entry.key:
            self._begun.add(entry.name)
        if not entry.reason:
            self._done[entry.key][entry.name] = entry


def read_ledger(folder: Path) -> Ledger:
    """What is known, to look at only."""
    path = folder / NAME
    return Ledger(_entries(path.read_bytes())) if path.exists() else Ledger()


@contextmanager
def open_ledger(folder: Path) -> Iterator[Ledger]:
    """What is known, and the right to work in this folder until the end of the block.

    Raises
    ------
    InUse
    OSError
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / NAME, "a+b", buffering=0, opener=_private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse from None
        file.seek(0)
        text = file.read()
        file.truncate(text.rfind(b"\n") + 1)
        yield Ledger(_entries(text), file)


def _append(file: FileIO, entry: Entry) -> None:
    whole = file.seek(0, os.SEEK_END)
    line = json.dumps(asdict(entry)).encode() + b"\n"
    try:
        if file.write(line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file.fileno())
    except OSError:
        file.truncate(whole)
        raise


def _entries(text: bytes) -> Iterator[Entry]:
    for line in text.splitlines():
        if entry := _entry(line):
            yield entry


def _entry(line: bytes) -> Entry | None:
    """A line that cannot be read is of something that is to be done again."""
    try:
        told = json.loads(line)
        return Entry(
            name=str(told["name"]),
            key=str(told["key"]),
            reason=str(told["reason"]),
            audio_s=float(told["audio_s"]),
            busy_s=float(told["busy_s"]),
            transcript_id=str(told["transcript_id"]),
            warnings=tuple(map(str, told["warnings"])),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
