"""The status of each engine, on a board that all processes of a host share.

The board has one small JSON file per engine, which the process that probed it replaces as a whole,
in a folder that only this account may write to. Every call to an engine reads it, so reading is
cheap; a file that cannot be read counts as missing. A lock beside the file lets one process at a
time probe and restart.
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
    # Seconds from the first bad probe to the first good one, at the last recovery.
    recovery_s: float | None = None
    # The restarts of the last hour, and the attempts that failed.
    restarts: tuple[float, ...] = ()
    # Counts since the file exists: probes by result, restarts by outcome.
    probes: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)


def parse_status(text: bytes) -> EngineStatus:
    """Read the status of an engine from its file.

    Raises
    ------
    ValueError
        When the file does not hold an `EngineStatus`.
    """
    stored = json.loads(text)
    if not isinstance(stored, dict) or stored.get("state") not in STATES:
        raise ValueError("the file does not hold the status of an engine")
    restarts = stored.get("restarts")
    moments = [_moment(value) for value in restarts] if isinstance(restarts, list) else []
    return EngineStatus(
        state=stored["state"],
        reason=str(stored.get("reason")),
        since=_moment(stored.get("since")) or 0.0,
        probed_at=_moment(stored.get("probed_at")),
        probe_s=_moment(stored.get("probe_s")),
        ready_at=_moment(stored.get("ready_at")),
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
_parsed: dict[Path, tuple[Stamp, EngineStatus]] = {}


def url_of(engine: str) -> str:
    """Return the address that the settings give an engine; empty when they give none."""
    url: str = getattr(settings, f"{engine.upper()}_URL")
    return url


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
    try:
        path = _file(engine, url)
        found = path.stat()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = _parsed.get(path)
        if known and known[0] == stamp:
            return known[1]
        status = parse_status(path.read_bytes()) if _is_ours(path.parent) else EngineStatus()
    except (OSError, ValueError, RecursionError):
        return EngineStatus()
    _parsed[path] = stamp, status
    return status


def write_status(engine: str, url: str, known: EngineStatus) -> bool:
    """Write the status for all processes of this host; the caller holds the examination lock.

    Returns False when it could not be written.
    """
    try:
        path = _file(engine, url)
        written = path.with_suffix(".new")
        written.write_text(json.dumps(asdict(known)))
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
        path = _file(engine, url).with_suffix(".answered")
        if not path.exists() and (made := _open(path)) is not None:
            os.close(made)
        os.utime(path, ns=(now, now))


def has_answered_since(engine: str, url: str, moment: float) -> bool:
    """Whether the engine has answered a client well since then, in seconds since 1970."""
    try:
        return _file(engine, url).with_suffix(".answered").stat().st_mtime >= moment
    except OSError:
        return False


@contextmanager
def examination_lock(engine: str, url: str) -> Iterator[bool]:
    """Lock an engine for probes and restarts; yield whether this thread has the lock.

    A lock that another thread or process of this host holds is not waited for.
    """
    lock = _open(_file(engine, url).with_suffix(".lock"))
    if lock is None:
        yield False
        return
    try:
        yield _is_free(lock)
    finally:
        os.close(lock)


@contextmanager
def restart_lock(target: str) -> Iterator[None]:
    """Lock a program for a restart, and wait for others on this host that restart it."""
    lock = _open(folder() / f"restart-{_digest(target)}.lock")
    try:
        if lock is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        if lock is not None:
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


def _is_free(lock: int) -> bool:
    """Try to take the lock without a wait: its holder finds out what this thread would."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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


def _file(engine: str, url: str) -> Path:
    return folder() / _name(engine, url)


@lru_cache(maxsize=16)
def _name(engine: str, url: str) -> str:
    """Name the file of an engine: gateways of a host share it when they share the address."""
    return f"{engine}-{_digest(url)}.json"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
