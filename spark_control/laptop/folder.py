"""What is kept in a data folder: secrets, samples, logs, and who uses it."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from spark_control.laptop.processes import Failed, pause

LEFT_WITHIN_S = 30.0


def secret_in(path: Path) -> str:
    """What the file holds; when there is none, a new secret that only its owner can read."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # of two starts at once, both read the secret of the first
        finally:
            fresh.unlink()
    return path.read_text()


def private_folder(path: Path) -> Path:
    """A folder that only its owner can read."""
    path.mkdir(0o700, exist_ok=True)
    path.chmod(0o700)  # whatever it was before
    return path


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def sole_user(path: Path) -> Iterator[int]:
    """A lock, as a file descriptor: whoever inherits it holds it too, as long as they live."""
    with path.open("a+") as file:
        take(file)
        file.truncate(0)
        file.write(str(os.getppid()))
        file.flush()
        yield file.fileno()


def take(file: IO[str]) -> None:
    deadline = time.monotonic() + LEFT_WITHIN_S
    while not is_taken(file):
        file.seek(0)
        owner = file.read()
        # When its launcher is gone, what it had started is about to end.
        if Path("/proc", owner).exists() or time.monotonic() > deadline:
            raise Failed(
                f"Another launcher (process {owner}) uses this data folder. "
                "Give this one its own: --data DIR."
            )
        pause(0.1)


def is_taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
