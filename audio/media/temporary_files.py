"""The folders of temporary files, their quota, and the removal of files that a crash left.

Each process has a folder of its own, which it locks while it runs. A process that starts later
deletes the folders without a lock: the kernel releases the lock however a process ended.
"""

import atexit
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.core.exceptions import SuspiciousOperation

_PREFIX = "process-"
_OURS = re.compile(_PREFIX + r"[a-z0-9_]{8}")
_folders: dict[tuple[int, Path], Path] = {}
_making = Lock()


class NoRoom(SuspiciousOperation):
    """The temporary files would take more than UPLOADS_QUOTA_MB."""

    message = "The gateway has too many uploads to store another one. Try again later."

    def __init__(self) -> None:
        super().__init__(self.message)


def folder() -> Path:
    """Return this process's own folder, made at the first call, deleted when the process ends.

    Raises
    ------
    OSError
    """
    key = os.getpid(), _whole()
    if (own := _folders.get(key)) and own.is_dir():
        return own
    whole = whole_folder()
    with _making:
        if key not in _folders or not _folders[key].is_dir():
            clean()
            _folders[key] = _make(whole)
        return _folders[key]


def whole_folder() -> Path:
    """Return the folder of all processes: UPLOADS_DIR, or one that no other account can enter.

    Raises
    ------
    OSError
    """
    given, path = settings.UPLOADS_DIR, _whole()
    path.mkdir(mode=0o700, parents=bool(given), exist_ok=True)
    # In a folder that every account may write to, another may have made this one first.
    if not given and not is_ours(path.lstat(), others_may=0):
        raise PermissionError(f"{path} is not this account's alone.")
    return path


def _whole() -> Path:
    given = settings.UPLOADS_DIR
    return Path(given) if given else account_folder()


def account_folder() -> Path:
    """Return the folder of this account's processes, which may not exist; its name is public."""
    return _account_folder(tempfile.gettempdir(), os.getuid())


@lru_cache(maxsize=4)
def _account_folder(parent: str, user: int) -> Path:
    return Path(parent, f"spark-control-{user}")


def is_ours(found: os.stat_result, *, others_may: int = 0o777) -> bool:
    """Whether this account owns the folder, and others have no permissions beyond `others_may`."""
    others = stat.S_IMODE(found.st_mode) & 0o077
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not others & ~others_may


def clean() -> None:
    """Delete the folders of this account's processes that have ended, and nothing else."""
    whole = whole_folder()
    with _locked(whole):
        for path in whole.iterdir():
            if _OURS.fullmatch(path.name) and is_ours(path.lstat()):
                with suppress(BlockingIOError), _locked(path, fcntl.LOCK_NB):
                    shutil.rmtree(path, ignore_errors=True)


def check_room(wanted: int) -> None:
    """Refuse a file that would exceed the quota of all temporary files.

    Raises
    ------
    NoRoom
    """
    quota = settings.UPLOADS_QUOTA_MB * 1024 * 1024
    if quota and used_bytes() + wanted > quota:
        raise NoRoom


def used_bytes() -> int:
    """Return how many bytes the temporary files of all processes take."""
    with os.scandir(whole_folder()) as found:
        ours = [entry.path for entry in found if entry.name.startswith(_PREFIX)]
    return sum(
        _size(f"{parent}/{name}")
        for folder in ours
        for parent, _subfolders, names in os.walk(folder)
        for name in names
    )


def _size(path: str) -> int:
    with suppress(FileNotFoundError):
        return os.lstat(path).st_size
    return 0


def _make(whole: Path) -> Path:
    with _locked(whole):
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=whole))
        # It remains open, and so locked, until the process ends.
        fcntl.flock(os.open(path, os.O_RDONLY | os.O_DIRECTORY), fcntl.LOCK_EX)
    atexit.register(_removal(os.getpid(), path))
    return path


def _removal(pid: int, path: Path) -> Callable[[], None]:
    def remove() -> None:
        if os.getpid() == pid:
            shutil.rmtree(path, ignore_errors=True)

    return remove


@contextmanager
def _locked(path: Path, how: int = 0) -> Iterator[None]:
    """Lock a folder: abandoned ones are not searched between the making of one and its lock."""
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(file)
