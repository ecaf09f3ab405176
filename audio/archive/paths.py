"""Which files are meant by files, folders and patterns?"""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audio.archive.file_check import reason_of


class NothingThere(ValueError):
    """Something given at which there is nothing; the message says what."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Files, those among them that were named, and the folder that all of them are below.

    `loops` are folders that lead back to one that is listed already, `unread` those that cannot be
    read; `hidden` files are counted.
    """

    paths: tuple[Path, ...]
    named: frozenset[Path]
    root: Path
    loops: tuple[Path, ...] = ()
    unread: tuple[tuple[Path, str], ...] = ()
    hidden: int = 0


@dataclass(slots=True)
class _Walk:
    """What was met below the folders so far; no folder is read twice, whatever leads to it."""

    read: set[tuple[int, int]] = field(default_factory=set)
    loops: list[Path] = field(default_factory=list)
    unread: list[tuple[Path, str]] = field(default_factory=list)
    hidden: int = 0

    def below(self, folder: Path) -> Iterator[Path]:
        for place, folders, files in os.walk(folder, onerror=self._refused, followlinks=True):
            if not self._is_new(Path(place)):
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            shown = [name for name in files if not name.startswith(".")]
            self.hidden += len(files) - len(shown)
            yield from (Path(place, name) for name in sorted(shown))

    def _is_new(self, folder: Path) -> bool:
        found = folder.stat()
        identity = (found.st_dev, found.st_ino)
        if identity in self.read:
            self.loops.append(folder)
            return False
        self.read.add(identity)
        return True

    def _refused(self, error: OSError) -> None:
        self.unread.append((Path(error.filename), reason_of(error)))


def listed(given: Sequence[str]) -> Listed:
    """All files that are meant, each once.

    Raises
    ------
    NothingThere
    """
    meant = [path for text in given for path in _expanded(text)]
    folders = [path for path in meant if path.is_dir()]
    named = [path for path in meant if not path.is_dir()]
    walk = _Walk()
    met = [path for folder in folders for path in walk.below(folder)]
    root = _common([*folders, *(path.parent for path in named)])
    paths = dict.fromkeys([*named, *met])
    return Listed(
        tuple(paths), frozenset(named), root, tuple(walk.loops), tuple(walk.unread), walk.hidden
    )


def _expanded(text: str) -> list[Path]:
    """A path, or all that a pattern fits; absolute, and with links as they are."""
    if os.path.lexists(text):
        return [Path(os.path.abspath(text))]
    fitting = sorted(glob.glob(text, recursive=True)) if glob.has_magic(text) else []
    if not fitting:
        raise NothingThere(f"{text}: there is no such file or folder.")
    return [Path(os.path.abspath(path)) for path in fitting]


def _common(folders: Iterable[Path]) -> Path:
    return Path(os.path.commonpath(list(folders)))
