"""Where temporary files lie, how much room they may take, and what a crash left behind.

Each process has a folder of its own, which it holds locked while it lives. So whoever starts next
can tell what nobody needs any more; the kernel unlocks the folder of a process however it ended.
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
_mine: dict[tuple[int, Path], Path] = {}
_making = Lock()


class NoRoom(SuspiciousOperation):
    """The temporary files would take more than UPLOADS_QUOTA_MB."""

    def __init__(self) -> None:
        super().__init__("There is no room for this upload now. Try again later.")


def folder() -> Path:
    """This process's own folder, made when it is first asked for; gone when the process ends.

    Raises
    ------
    OSError
    """
    key = os.getpid(), _whole()
    if (mine := _mine.get(key)) and mine.is_dir():
        return mine
    whole = whole_folder()
    with _making:
        if key not in _mine or not _mine[key].is_dir():
            clean()
            _mine[key] = _made(whole)
        return _mine[key]


def whole_folder() -> Path:
    """The folder of all processes: UPLOADS_DIR, or one that nobody else can enter.

    Raises
    ------
    OSError
    """
    given, path = settings.UPLOADS_DIR, _whole()
    path.mkdir(mode=0o700, parents=bool(given), exist_ok=True)
    # In a folder that everybody may write to, somebody else may have been there first.
    if not given and not is_ours(path.lstat(), others_may=0):
        raise PermissionError(f"{path} is not this account's alone.")
    return path


def _whole() -> Path:
    given = settings.UPLOADS_DIR
    return Path(given) if given else account_folder()


def account_folder() -> Path:
    """Where this account's processes meet, made or not: its name is known to everybody."""
    return _account_folder(tempfile.gettempdir(), os.getuid())


@lru_cache(maxsize=4)
def _account_folder(place: str, user: int) -> Path:
    return Path(place, f"spark-control-{user}")


def is_ours(found: os.stat_result, *, others_may: int = 0o777) -> bool:
    """Whether it is a folder of this account's, with which others may do no more than this."""
    others = stat.S_IMODE(found.st_mode) & 0o077
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not others & ~others_may


def clean() -> None:
    """Delete what processes left that live no more; nothing of others, and nothing else."""
    whole = whole_folder()
    with _locked(whole):
        for path in whole.iterdir():
            if _OURS.fullmatch(path.name) and is_ours(path.lstat()):
                with suppress(BlockingIOError), _locked(path, fcntl.LOCK_NB):
                    shutil.rmtree(path, ignore_errors=True)


def check_room(wanted: int) -> None:
    """Refuse what would take more room than all temporary files together may have.

    Raises
    ------
    NoRoom
    """
    quota = settings.UPLOADS_QUOTA_MB * 1024 * 1024
    if quota and used_bytes() + wanted > quota:
        raise NoRoom


def used_bytes() -> int:
    """How much room the temporary files of all processes take."""
    with os.scandir(whole_folder()) as found:
        ours = [entry.path for entry in found if entry.name.startswith(_PREFIX)]
    return sum(
        _size(f"{place}/{name}")
        for one in ours
        for place, _folders, names in os.walk(one)
        for name in names
    )


def _size(path: str) -> int:
    with suppress(FileNotFoundError):
        return os.lstat(path).st_size
    return 0


def _made(whole: Path) -> Path:
    with _locked(whole):
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=whole))
        # Kept open, and so locked, until the process ends.
        fcntl.flock(os.open(path, os.O_RDONLY | os.O_DIRECTORY), fcntl.LOCK_EX)
    atexit.register(_only_here(os.getpid(), path))
    return path


def _only_here(pid: int, path: Path) -> Callable[[], None]:
    def remove() -> None:
        if os.getpid() == pid:
            shutil.rmtree(path, ignore_errors=True)

    return remove


@contextmanager
def _locked(path: Path, how: int = 0) -> Iterator[None]:
    """Between making a folder and locking it, nobody may look for abandoned ones."""
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(file)
