"""The outputs of a recording: each whole or not at all.

They hold what people said and how they sound, so only their owner may read them.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio.formats.renderer import render_file
from audio.formats.stored_transcript import read_transcript
from audio.merge.values import NamedTranscript


class AlteredOutput(Exception):
    """What stands there is not what was written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the outputs of an archive stand, and in which formats."""

    folder: Path
    formats: tuple[str, ...]

    def are_there(self, name: str) -> bool:
        """Whether a recording's outputs are all there."""
        return all(path.is_file() for path in self._paths(name))

    def there(self, name: str) -> list[str]:
        """Which of a recording's outputs are there: the names of the files."""
        return [path.name for path in self._paths(name) if os.path.lexists(path)]

    def write(self, name: str, transcript: NamedTranscript) -> None:
        """Write a recording's outputs.

        Raises
        ------
        OSError
        """
        for form, path in zip(self.formats, self._paths(name), strict=True):
            write_whole(path, render_file(transcript, form).encode())

    def can_be_made_of(self, name: str) -> bool:
        """Whether all outputs are there, or can be made of what is."""
        return self.are_there(name) or self._path(name, "json").is_file()

    def make(self, name: str, target: str) -> None:
        """Give a recording the outputs of its like, or of its own the missing ones.

        Raises
        ------
        OSError
        AlteredOutput
        """
        for form in self.formats:
            source, path = self._path(name, form), self._path(target, form)
            if not source.is_file():
                write_whole(path, self._rendered_again(name, form).encode())
            elif name != target:
                write_whole(path, source.read_bytes())

    def _rendered_again(self, name: str, form: str) -> str:
        path = self._path(name, "json")
        try:
            return render_file(read_transcript(path.read_text()), form)
        except ValueError as error:
            raise AlteredOutput(f"{path.name} is no transcript any more; remove it.") from error

    def _paths(self, name: str) -> Sequence[Path]:
        return [self._path(name, form) for form in self.formats]

    def _path(self, name: str, form: str) -> Path:
        return self.folder / f"{name}.{form}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file such that it is never seen in part, and is there after a loss of power.

    Raises
    ------
    OSError
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The same name each time: what a killed run leaves, the next one overwrites.
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
