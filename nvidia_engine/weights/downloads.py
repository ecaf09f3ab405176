"""Weights from their hub into a folder, resumed where cut, used only when the hash is right."""

import contextlib
import errno
import fcntl
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

from nvidia_engine.weights.manifest import (
    WeightFile,
    WeightsRefused,
    read_lock,
    with_lock,
    write_lock,
)

READ_BYTES = 1 << 20
TIMEOUT_S = 60.0
# A hub may cut a transfer of gigabytes several times.
ATTEMPTS = 5
_CHECKED = ".checked.json"


def ensure_weights(
    folder: Path, files: Sequence[WeightFile], *, is_offline: bool, report: Callable[[str], None]
) -> None:
    """Have every file in the folder, checked; ask a host only for what is missing.

    A file whose hash the manifest does not know is pinned at the first fetch, in the lock.

    Raises
    ------
    WeightsRefused
        When a file is missing offline, cannot be fetched, or differs; it names the file.
    """
    with _locked(folder, is_offline):
        for file in files:
            file = with_lock(file, read_lock(folder))
            path = folder / file.name
            if path.is_file():
                _check(path, file, report)
                continue
            if is_offline:
                raise WeightsRefused(
                    f"{file.name} is missing, and OFFLINE=true: expected it at {path}"
                )
            _fetch(path, file, report)


@contextlib.contextmanager
def _locked(folder: Path, is_offline: bool) -> Iterator[None]:
    """Keep other starts out; a folder that is mounted read-only needs no lock."""
    if is_offline:
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise WeightsRefused(f"{folder} cannot be written: {error.strerror}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(path: Path, file: WeightFile, report: Callable[[str], None]) -> None:
    part = path.with_name(f"{path.name}.part")
    report(f"fetching {file.name} ({file.licence})")
    for attempt in range(ATTEMPTS):
        try:
            _download(file, part)
            break
        except urllib.error.HTTPError as error:
            raise WeightsRefused(f"{file.name}: the hub answered {error.code}") from error
        except (OSError, EOFError) as error:
            is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
            if is_full or attempt == ATTEMPTS - 1:
                message = f"{file.name}: the transfer failed ({_reason(error)})"
                raise WeightsRefused(message) from error
    try:
        _check(part, file, report)
    except WeightsRefused:
        part.unlink()
        raise
    part.replace(path)


def _reason(error: OSError | EOFError) -> str:
    """Say what went wrong, without an address."""
    cause = getattr(error, "reason", error)
    return getattr(cause, "strerror", None) or type(cause).__name__


def _download(file: WeightFile, part: Path) -> None:
    """Continue a transfer where the last one ended.

    Raises
    ------
    EOFError
        When the transfer ended early.
    """
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(file.url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            is_continued = answer.status == HTTPStatus.PARTIAL_CONTENT
            expected = int(answer.headers.get("Content-Length") or 0)
            with part.open("ab" if is_continued else "wb") as out:
                before = out.tell()
                while block := answer.read(READ_BYTES):
                    out.write(block)
                received = out.tell() - before
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        return
    if received < expected:
        raise EOFError


def _check(path: Path, file: WeightFile, report: Callable[[str], None]) -> None:
    """Compare size and hash; where no hash is known, pin this one."""
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        raise WeightsRefused(f"{file.name} has {size} bytes; expected {file.size}")
    known = _checked(path.parent)
    stamp = [size, path.stat().st_mtime_ns]
    if file.sha256 and known.get(file.name) == [file.sha256, *stamp]:
        return
    digest = sha256_of(path)
    if file.sha256 is None:
        report(f"{file.name}: sha256 unknown, PINNED AT THE FIRST FETCH to {digest}; review it")
        write_lock(path.parent, {**read_lock(path.parent), file.name: digest})
    elif digest != file.sha256:
        raise WeightsRefused(f"{file.name} has sha256 {digest}; expected {file.sha256}")
    # A read-only folder is hashed at each start.
    with contextlib.suppress(OSError):
        text = json.dumps({**known, file.name: [digest, *stamp]})
        (path.parent / _CHECKED).write_text(text)


def _checked(folder: Path) -> dict[str, list[str | int]]:
    """Read which files were hashed before: name → sha256, bytes, time of modification."""
    try:
        stamps: dict[str, list[str | int]] = json.loads((folder / _CHECKED).read_text())
    except (OSError, ValueError):
        return {}
    return stamps


def sha256_of(path: Path) -> str:
    """Hash a file block by block."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()
