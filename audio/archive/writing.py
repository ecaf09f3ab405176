"""The outputs of a recording: each whole or not at all.

They hold what people said and how they sound, so only their owner may read them.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audio.formats.cues import speaker_cues
from audio.formats.native import named_json
from audio.formats.text import TEXT_FORMATS
from audio.merge.timeline import NamedTranscript


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the outputs of an archive stand, and in which formats."""

    folder: Path
    formats: tuple[str, ...]

    def are_there(self, name: str) -> bool:
        """Whether a recording's outputs are all there."""
        return all(path.is_file() for path in self._paths(name))

    def write(self, name: str, transcript: NamedTranscript) -> None:
        """Write a recording's outputs.

        Raises
        ------
        OSError
        """
        for form, path in zip(self.formats, self._paths(name), strict=True):
            write_whole(path, rendered(transcript, form).encode())

    def copy(self, name: str, target: str) -> None:
        """Give a recording the outputs of another.

        Raises
        ------
        OSError
        """
        for source, path in zip(self._paths(name), self._paths(target), strict=True):
            write_whole(path, source.read_bytes())

    def _paths(self, name: str) -> Sequence[Path]:
        return [self.folder / f"{name}.{form}" for form in self.formats]


def rendered(transcript: NamedTranscript, form: str) -> str:
    """A transcript as json, txt, srt, vtt or rttm."""
    if form == "json":
        return json.dumps(named_json(transcript), ensure_ascii=False) + "\n"
    render, _content_type = TEXT_FORMATS[form]
    return render(speaker_cues(transcript))


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
