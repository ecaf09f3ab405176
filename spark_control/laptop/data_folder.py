"""The launcher's data folder: secrets, private folders, ends of logs, and its lock."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from spark_control.laptop.processes import StartError, pause

LOCK_WAIT_S = 30.0


def read_secret(path: Path) -> str:
    """Return the secret in this file; create the file, readable by its owner only, if missing."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # two launchers started at the same time: both use the first secret
        finally:
            fresh.unlink()
    return path.read_text()


def make_private_folder(path: Path) -> Path:
    """Create a folder that only its owner can read."""
    path.mkdir(0o700, exist_ok=True)
    path.chmod(0o700)  # an existing folder may have had another mode
    return path


def tail(log: Path, lines: int = 20) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def exclusive_lock(path: Path) -> Iterator[int]:
    """Hold a lock and yield its file descriptor; a process that inherits it holds it too."""
    with path.open("a+") as file:
        acquire_lock(file)
        file.truncate(0)
        file.write(str(os.getppid()))
        file.flush()
        yield file.fileno()


def acquire_lock(file: IO[str]) -> None:
    """Lock the file, or raise `StartError` when another launcher holds it."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while not try_lock(file):
        file.seek(0)
        owner = file.read()
        # When the owner has died, the processes that it started are about to end.
        if Path("/proc", owner).exists() or time.monotonic() > deadline:
            raise StartError(
                f"Another launcher (process {owner}) uses this data folder. "
                "Choose another one: --data DIR."
            )
        pause(0.1)


def try_lock(file: IO[str]) -> bool:
    """Lock the file unless another process holds it; return whether it is locked now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
