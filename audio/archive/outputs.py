"""The output files of an archive, each written completely or not at all.

They contain what people said, and embeddings of their voices, so only their owner may read them.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio.formats.renderer import render_file
from audio.formats.stored_transcript import read_transcript
from audio.merge.values import NamedTranscript


class AlteredOutput(Exception):
    """A file is not the output that a run wrote; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The folder and the formats of an archive's outputs."""

    folder: Path
    formats: tuple[str, ...]

    def are_complete(self, name: str) -> bool:
        """Return whether all outputs of a recording exist."""
        return all(path.is_file() for path in self._paths(name))

    def existing(self, name: str) -> list[str]:
        """Return the file names of those outputs of a recording that exist."""
        return [path.name for path in self._paths(name) if os.path.lexists(path)]

    def write(self, name: str, transcript: NamedTranscript) -> None:
        """Write a recording's outputs.

        Raises
        ------
        OSError
        """
        for form, path in zip(self.formats, self._paths(name), strict=True):
            write_whole(path, render_file(transcript, form).encode())

    def can_be_copied_from(self, name: str) -> bool:
        """Return whether all outputs exist, or can be rendered from the existing JSON."""
        return self.are_complete(name) or self._path(name, "json").is_file()

    def copy(self, name: str, target: str) -> None:
        """Copy the outputs of an identical recording, and render those that it lacks.

        With `target` equal to `name`, only the missing ones are rendered.

        Raises
        ------
        OSError
        AlteredOutput
        """
        for form in self.formats:
            source, path = self._path(name, form), self._path(target, form)
            if not source.is_file():
                write_whole(path, self._render_json(name, form).encode())
            elif name != target:
                write_whole(path, source.read_bytes())

    def _render_json(self, name: str, form: str) -> str:
        path = self._path(name, "json")
        try:
            return render_file(read_transcript(path.read_text()), form)
        except ValueError as error:
            raise AlteredOutput(f"{path.name} is not a transcript any more; remove it.") from error

    def _paths(self, name: str) -> Sequence[Path]:
        return [self._path(name, form) for form in self.formats]

    def _path(self, name: str, form: str) -> Path:
        return self.folder / f"{name}.{form}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically, so that it survives a loss of power.

    Raises
    ------
    OSError
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name is always the same, so that the next run overwrites what a killed run leaves.
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
