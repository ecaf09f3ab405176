"""The status of each engine, on a board that all processes of a host share.

The board is one small JSON file, which the process that probed an engine replaces as a whole, in a
folder that only this account may write to. Every call to an engine reads it, so reading is cheap;
a file that cannot be read counts as missing. One lock beside it lets one process at a time probe,
restart and write. An empty file per engine has the time of its last answer to a client.
"""

import fcntl
import hashlib
import json
import logging
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from django.conf import settings

from audio.engines.role_settings import engine_urls
from audio.media import temporary_files

logger = logging.getLogger(__name__)
# What others may do with the folder of the board.
READ_AND_ENTER = 0o055
State = Literal["unknown", "healthy", "degraded", "wedged", "down", "restarting"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """The status of one engine; times are seconds since 1970."""

    state: State = "unknown"
    reason: str = "It has not been probed yet."
    since: float = 0.0
    probed_at: float | None = None
    probe_s: float | None = None
    # While it is being restarted: when it is expected to be ready.
    ready_at: float | None = None
    # The first bad probe before a restart, and the seconds from then to the first good one, at the
    # last recovery.
    broken_at: float | None = None
    recovery_s: float | None = None
    # The restarts of the last hour, and the attempts that failed.
    restarts: tuple[float, ...] = ()
    # Counts since the file exists: probes by result, restarts by outcome.
    probes: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)


def parse_board(text: bytes) -> dict[str, EngineStatus]:
    """Read the status of each engine; what is not the status of an engine is left out.

    Raises
    ------
    ValueError
        When the text is not a JSON object.
    """
    stored = json.loads(text)
    if not isinstance(stored, dict):
        raise ValueError("the file does not hold the status of engines")
    board: dict[str, EngineStatus] = {}
    for name, status in stored.items():
        with suppress(ValueError):
            board[name] = _parse_status(status)
    return board


def _parse_status(stored: object) -> EngineStatus:
    if not isinstance(stored, dict) or stored.get("state") not in STATES:
        raise ValueError("this is not the status of an engine")
    restarts = stored.get("restarts")
    moments = [_moment(value) for value in restarts] if isinstance(restarts, list) else []
    return EngineStatus(
        state=stored["state"],
        reason=str(stored.get("reason")),
        since=_moment(stored.get("since")) or 0.0,
        probed_at=_moment(stored.get("probed_at")),
        probe_s=_moment(stored.get("probe_s")),
        ready_at=_moment(stored.get("ready_at")),
        broken_at=_moment(stored.get("broken_at")),
        recovery_s=_moment(stored.get("recovery_s")),
        restarts=tuple(moment for moment in moments if moment is not None),
        probes=_counts(stored.get("probes")),
        outcomes=_counts(stored.get("outcomes")),
    )


def _moment(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a moment is not a finite number")
    return float(value)


def _counts(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or not all(type(count) is int for count in value.values()):
        raise ValueError("a count is not a whole number")
    return value


# The inode of a file, when it was written (ns), and its length (bytes).
Stamp = tuple[int, int, int]
_parsed: dict[Path, tuple[Stamp, dict[str, EngineStatus]]] = {}
BOARD, LOCK = "engines.json", "engines.lock"


def url_of(engine: str) -> str:
    """Return the address that the settings give an engine; empty when they give none."""
    return engine_urls().get(engine, "")


def current_status(engine: str, url: str) -> EngineStatus:
    """Return the status of an engine; `unknown` when its last probe is too old."""
    known = last_status(engine, url)
    if known.state == "unknown" or time.time() <= _valid_until(known):
        return known
    return replace(
        known, state="unknown", reason="It has not been probed recently.", ready_at=None
    )


def last_status(engine: str, url: str) -> EngineStatus:
    """Return the last status of an engine, however old."""
    return _board().get(_name(engine, url), EngineStatus())


def _board() -> dict[str, EngineStatus]:
    try:
        path = folder() / BOARD
        found = path.stat()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = _parsed.get(path)
        if known and known[0] == stamp:
            return known[1]
        board = parse_board(path.read_bytes()) if _is_ours(path.parent) else {}
    except (OSError, ValueError, RecursionError):
        return {}
    _parsed[path] = stamp, board
    return board


def write_status(engine: str, url: str, known: EngineStatus) -> bool:
    """Write the status for all processes of this host; the caller holds the lock.

    Returns False when it could not be written.
    """
    board = {**_board(), _name(engine, url): known}
    try:
        path = folder() / BOARD
        written = path.with_suffix(".new")
        written.write_text(json.dumps({name: asdict(status) for name, status in board.items()}))
        written.replace(path)
    except OSError as error:
        logger.error("the status of an engine cannot be written: %s", error.strerror)
        return False
    return True


def note_answer(engine: str, url: str) -> None:
    """Note for all processes of this host that the engine has just answered a client well."""
    now = time.time_ns()
    # A system check warns of a folder that cannot be used.
    with suppress(OSError):
        path = _answer_file(engine, url)
        if not path.exists() and (made := _open(path)) is not None:
            os.close(made)
        os.utime(path, ns=(now, now))


def has_answered_since(engine: str, url: str, moment: float) -> bool:
    """Whether the engine has answered a client well since then, in seconds since 1970."""
    try:
        return _answer_file(engine, url).stat().st_mtime >= moment
    except OSError:
        return False


@contextmanager
def examination_lock() -> Iterator[bool]:
    """Wait for the lock of this host, under which engines are probed and restarted.

    Yields False where the lock cannot be opened. It ends with its process.
    """
    lock = _open(folder() / LOCK)
    if lock is None:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield True
    finally:
        os.close(lock)


def folder() -> Path:
    """Return the folder of the board."""
    if settings.RECOVERY_DIR:
        return Path(settings.RECOVERY_DIR).absolute()
    return temporary_files.account_folder()


def is_usable() -> bool:
    """Whether the folder exists or can be made, and only this account may write to it."""
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        return _is_ours(folder()) and os.access(folder(), os.W_OK | os.X_OK)
    except OSError:
        return False


def _valid_until(known: EngineStatus) -> float:
    return max(known.probed_at or 0.0, known.since) + 2 * settings.WATCH_INTERVAL_S


def _open(path: Path) -> int | None:
    if not is_usable():
        return None
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None


def _is_ours(path: Path) -> bool:
    """Whether only this account may write here: another could have engines restarted."""
    # The name of the default folder is public, so another account may have put a link there.
    found = path.stat() if settings.RECOVERY_DIR else path.lstat()
    return temporary_files.is_ours(found, others_may=READ_AND_ENTER)


def _answer_file(engine: str, url: str) -> Path:
    return folder() / f"{_name(engine, url)}.answered"


@lru_cache(maxsize=16)
def _name(engine: str, url: str) -> str:
    """Name an engine on the board: gateways of a host share it when they share the address."""
    return f"{engine}-{hashlib.sha256(url.encode()).hexdigest()[:16]}"
