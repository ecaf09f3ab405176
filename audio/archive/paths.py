"""The files that paths, folders and patterns of a command line refer to."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audio.archive.file_check import describe_os_error


class NoSuchPath(ValueError):
    """A given path or pattern matches no file or folder; the message names it."""


@dataclass(frozen=True, slots=True)
class FileListing:
    """The files, those that were given by name, and the folder that contains them all.

    `loops` are folders that lead back to a folder that is already listed, `unread` folders that
    cannot be read, each with the reason. Hidden files are only counted.
    """

    paths: tuple[Path, ...]
    named: frozenset[Path]
    root: Path
    loops: tuple[Path, ...] = ()
    unread: tuple[tuple[Path, str], ...] = ()
    hidden: int = 0


@dataclass(slots=True)
class _Walk:
    """The folders that were read so far; each is read once, however many links lead to it."""

    read: set[tuple[int, int]] = field(default_factory=set)
    loops: list[Path] = field(default_factory=list)
    unread: list[tuple[Path, str]] = field(default_factory=list)
    hidden: int = 0

    def below(self, folder: Path) -> Iterator[Path]:
        for parent, folders, files in os.walk(folder, onerror=self._note_error, followlinks=True):
            if not self._is_new(Path(parent)):
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            visible = [name for name in files if not name.startswith(".")]
            self.hidden += len(files) - len(visible)
            yield from (Path(parent, name) for name in sorted(visible))

    def _is_new(self, folder: Path) -> bool:
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in self.read:
            self.loops.append(folder)
            return False
        self.read.add(identity)
        return True

    def _note_error(self, error: OSError) -> None:
        self.unread.append((Path(error.filename), describe_os_error(error)))


def list_files(given: Sequence[str]) -> FileListing:
    """Return all files that the paths, folders and patterns refer to, each once.

    Raises
    ------
    NoSuchPath
    """
    expanded = [path for text in given for path in _expand(text)]
    folders = [path for path in expanded if path.is_dir()]
    named = [path for path in expanded if not path.is_dir()]
    walk = _Walk()
    found = [path for folder in folders for path in walk.below(folder)]
    root = _common_folder([*folders, *(path.parent for path in named)])
    paths = dict.fromkeys([*named, *found])
    return FileListing(
        tuple(paths), frozenset(named), root, tuple(walk.loops), tuple(walk.unread), walk.hidden
    )


def _expand(text: str) -> list[Path]:
    """Return a path, or all that match a pattern, as absolute paths with unresolved links."""
    if os.path.lexists(text):
        return [Path(os.path.abspath(text))]
    matches = sorted(glob.glob(text, recursive=True)) if glob.has_magic(text) else []
    if not matches:
        raise NoSuchPath(f"{text}: there is no such file or folder.")
    return [Path(os.path.abspath(path)) for path in matches]


def _common_folder(folders: Iterable[Path]) -> Path:
    return Path(os.path.commonpath(list(folders)))
