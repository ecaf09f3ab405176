"""What is known of each engine, told between all processes of a host.

One small JSON file per engine, replaced as a whole by whoever probed it, in a folder that only
this account may write to. Reading it is cheap, because every call to an engine does; a file that
cannot be read is as good as none. A lock beside it lets one process at a time probe and restart.
"""

import fcntl
import hashlib
import json
import logging
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from django.conf import settings

from audio.media import temporary_files

State = Literal["unknown", "healthy", "degraded", "wedged", "down", "restarting"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one engine; moments are seconds since 1970."""

    state: State = "unknown"
    reason: str = "It was not probed yet."
    since: float = 0.0
    probed_at: float | None = None
    probe_s: float | None = None
    # While it is being restarted: when it is expected to be ready.
    ready_at: float | None = None
    # How long it took from the first bad probe to the first good one, the last time.
    recovery_s: float | None = None
    # When it was restarted, or that was tried, within the last hour.
    restarts: tuple[float, ...] = ()
    # How often, since this is kept: by result of the probe, by outcome of the restart.
    probes: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)


def read_standing(text: bytes) -> Standing:
    """Read what was kept of an engine.

    Raises
    ------
    ValueError
        When it is not what `Standing` holds.
    """
    kept = json.loads(text)
    if not isinstance(kept, dict) or kept.get("state") not in STATES:
        raise ValueError("it is not the standing of an engine")
    restarts = kept.get("restarts")
    moments = [_moment(value) for value in restarts] if isinstance(restarts, list) else []
    return Standing(
        state=kept["state"],
        reason=str(kept.get("reason")),
        since=_moment(kept.get("since")) or 0.0,
        probed_at=_moment(kept.get("probed_at")),
        probe_s=_moment(kept.get("probe_s")),
        ready_at=_moment(kept.get("ready_at")),
        recovery_s=_moment(kept.get("recovery_s")),
        restarts=tuple(moment for moment in moments if moment is not None),
        probes=_counts(kept.get("probes")),
        outcomes=_counts(kept.get("outcomes")),
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


logger = logging.getLogger(__name__)
READ_AND_ENTER = 0o055
# Of a file: which one it is, when it was written, how long it is.
Stamp = tuple[int, int, int]
_read: dict[Path, tuple[Stamp, Standing]] = {}


def url_of(engine: str) -> str:
    """The address that the settings give an engine; empty when they give none."""
    url: str = getattr(settings, f"{engine.upper()}_URL")
    return url


def standing(engine: str, url: str) -> Standing:
    """What is known of an engine now: what was found out too long ago is not."""
    known = last_standing(engine, url)
    if known.state == "unknown" or time.time() <= _believed_until(known):
        return known
    return replace(known, state="unknown", reason="It was not probed for long.", ready_at=None)


def last_standing(engine: str, url: str) -> Standing:
    """What was last written of an engine, however long ago."""
    try:
        path = _file(engine, url)
        found = path.stat()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        kept = _read.get(path)
        if kept and kept[0] == stamp:
            return kept[1]
        read = read_standing(path.read_bytes()) if _is_ours(path.parent) else Standing()
    except (OSError, ValueError, RecursionError):
        return Standing()
    _read[path] = stamp, read
    return read


def write_standing(engine: str, url: str, known: Standing) -> bool:
    """Tell all processes of this host; whoever writes holds the engine's claim.

    Returns False when it could not be kept.
    """
    try:
        path = _file(engine, url)
        written = path.with_suffix(".new")
        written.write_text(json.dumps(asdict(known)))
        written.replace(path)
    except OSError as error:
        logger.error("what is known of an engine cannot be kept: %s", error.strerror)
        return False
    return True


@contextmanager
def claimed(engine: str, url: str) -> Iterator[bool]:
    """Whether this thread, alone on this host, may probe and restart an engine meanwhile."""
    lock = _lock(_file(engine, url).with_suffix(".lock"))
    if lock is None:
        yield False
        return
    try:
        yield _is_free(lock)
    finally:
        os.close(lock)


@contextmanager
def restarting(target: str) -> Iterator[None]:
    """Wait until nobody else on this host restarts the same program, and keep others waiting."""
    lock = _lock(folder() / f"restart-{_digest(target)}.lock")
    try:
        if lock is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        if lock is not None:
            os.close(lock)


def folder() -> Path:
    """Where the files lie."""
    if settings.RECOVERY_DIR:
        return Path(settings.RECOVERY_DIR).absolute()
    return temporary_files.account_folder()


def is_usable() -> bool:
    """Whether the folder is there, or can be made, and nobody else may write to it."""
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        return _is_ours(folder()) and os.access(folder(), os.W_OK | os.X_OK)
    except OSError:
        return False


def _is_free(lock: int) -> bool:
    """Not waited for: whoever holds it finds out what we would."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _believed_until(known: Standing) -> float:
    return max(known.probed_at or 0.0, known.since) + 2 * settings.WATCH_INTERVAL_S


def _lock(path: Path) -> int | None:
    if not is_usable():
        return None
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None


def _is_ours(path: Path) -> bool:
    """Whoever else could write here could have engines restarted, or called restarting."""
    # Of the default folder the name is known to everybody: a link there may be somebody else's.
    found = path.stat() if settings.RECOVERY_DIR else path.lstat()
    return temporary_files.is_ours(found, others_may=READ_AND_ENTER)


def _file(engine: str, url: str) -> Path:
    return folder() / _name(engine, url)


@lru_cache(maxsize=16)
def _name(engine: str, url: str) -> str:
    """Two gateways of a host with the same engine share its file; others do not."""
    return f"{engine}-{_digest(url)}.json"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
