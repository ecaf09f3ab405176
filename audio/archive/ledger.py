"""The ledger of an archive: a file beside the outputs with one line for each result.

An incomplete line is ignored, so the next run reads what was done before, however the last one
ended. Only one run at a time works in a folder.
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
    """Another run is working in this folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The result of one recording: done, or with a `reason`, failed.

    `key` is a digest of the recording and the options; an entry with a `key` and a `reason` was
    begun and not completed. `busy_s` is its share of the time that the run took.
    """

    name: str
    key: str = ""
    reason: str = ""
    audio_s: float = 0.0
    busy_s: float = 0.0
    transcript_id: str = ""
    warnings: tuple[str, ...] = ()


class Ledger:
    """The entries of one folder of outputs."""

    def __init__(self, entries: Iterable[Entry] = (), file: FileIO | None = None) -> None:
        self._file = file
        self._last: dict[str, Entry] = {}
        self._done: dict[str, dict[str, Entry]] = defaultdict(dict)
        self._begun: set[str] = set()
        for entry in entries:
            self._index(entry)

    def add(self, entry: Entry) -> None:
        """Append a line, and wait until it is on the disk.

        Raises
        ------
        OSError
        """
        if self._file is not None:
            _append(self._file, entry)
        self._index(entry)

    def last_done(self, name: str) -> Entry | None:
        """Return the last entry of this name, or None if that failed."""
        entry = self._last.get(name)
        return None if entry is None or entry.reason else entry

    def done_with_key(self, key: str) -> list[Entry]:
        """Return the successful entries of identical recordings, whatever their names."""
        return list(self._done.get(key, {}).values())

    def failed_names(self) -> frozenset[str]:
        """Return the names whose last entry is a failure."""
        return frozenset(
            name for name, entry in self._last.items() if entry.reason and not entry.key
        )

    def was_begun(self, name: str) -> bool:
        """Return whether a run has ever begun to write outputs of this name."""
        return name in self._begun

    def speed(self) -> float | None:
        """Return the seconds of audio done per second; None if nothing was done."""
        entries = [entry for same in self._done.values() for entry in same.values()]
        busy_s = sum(entry.busy_s for entry in entries)
        return sum(entry.audio_s for entry in entries if entry.busy_s) / busy_s if busy_s else None

    def _index(self, entry: Entry) -> None:
        before = self._last.pop(entry.name, None)
        if before is not None and not before.reason:
            self._done[before.key].pop(entry.name, None)
        self._last[entry.name] = entry
        if entry.key:
            self._begun.add(entry.name)
        if not entry.reason:
            self._done[entry.key][entry.name] = entry


def read_ledger(folder: Path) -> Ledger:
    """Read the ledger of a folder, without the right to add to it."""
    path = folder / NAME
    return Ledger(_entries(path.read_bytes())) if path.exists() else Ledger()


@contextmanager
def open_ledger(folder: Path) -> Iterator[Ledger]:
    """Open the ledger of a folder, and lock the folder until the end of the block.

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
    """Return the entry of a line; None if it is incomplete, so that it is done again."""
    try:
        values = json.loads(line)
        return Entry(
            name=str(values["name"]),
            key=str(values["key"]),
            reason=str(values["reason"]),
            audio_s=float(values["audio_s"]),
            busy_s=float(values["busy_s"]),
            transcript_id=str(values["transcript_id"]),
            warnings=tuple(map(str, values["warnings"])),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
