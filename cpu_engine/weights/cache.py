"""The cache of verified files: a folder that two processes may share."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from cpu_engine.weights.manifest import ModelFile

READ_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Hash a file block by block."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


class Cache:
    """The folder of verified weights.

    A file that was verified once is known by its hash, size and modification time, so that a
    start does not read 300 MB. Everything enters by rename: an interrupted fetch leaves only
    the staging folder, which the next one empties.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamps_path = folder / ".verified.json"

    def path(self, name: str) -> Path:
        return self.folder / name

    def holds(self, file: ModelFile) -> bool:
        """Whether a file of the right size is here. Cheap enough for a health check."""
        try:
            return self.path(file.path).stat().st_size == file.size
        except FileNotFoundError:
            return False

    def verified(self, file: ModelFile) -> bool:
        """Whether this file, unchanged, was verified before."""
        return self.holds(file) and self._stamps().get(file.path) == self._stamp(file)

    def verify(self, file: ModelFile) -> bool:
        """Whether the file here is the right one; it is hashed unless it was verified before."""
        if self.verified(file):
            return True
        if not self.holds(file) or sha256_of(self.path(file.path)) != file.sha256:
            return False
        self._remember(file)
        return True

    def admit(self, file: ModelFile, staged: Path) -> None:
        """Take in a staged file whose hash the caller has checked."""
        target = self.path(file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staged, target)
        self._remember(file)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Path]:
        """Keep other processes out, and yield an empty staging folder on the same disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        staging = self.folder / ".staging"
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir()
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def _stamp(self, file: ModelFile) -> list[str | int]:
        status = self.path(file.path).stat()
        return [file.sha256, status.st_size, status.st_mtime_ns]

    def _stamps(self) -> dict[str, list[str | int]]:
        try:
            stamps: dict[str, list[str | int]] = json.loads(self._stamps_path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return stamps

    def _remember(self, file: ModelFile) -> None:
        stamps = {**self._stamps(), file.path: self._stamp(file)}
        draft = self._stamps_path.with_suffix(".draft")
        draft.write_text(json.dumps(stamps, indent=1))
        os.replace(draft, self._stamps_path)
