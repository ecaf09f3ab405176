"""Which files are one recording?"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from audio.archive.probing import Probed, without_suffix

MIC, SYSTEM = ".mic", ".system"
NO_TRACK = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A file, or the microphone's track and the system's; `stem` is the path they share."""

    stem: Path
    files: tuple[Probed, ...]


def grouped(files: Iterable[Probed]) -> Iterator[Group]:
    """Two tracks where both are there; every other file for itself, a lone track too."""
    by_stem: dict[Path, dict[str, list[Probed]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        stem, track = _stem_and_track(file.path)
        by_stem[stem][track].append(file)
    for stem, tracks in by_stem.items():
        pairs = list(zip(tracks[MIC], tracks[SYSTEM], strict=False))
        yield from (Group(stem, pair) for pair in pairs)
        lone = tracks[MIC][len(pairs) :] + tracks[SYSTEM][len(pairs) :] + tracks[NO_TRACK]
        yield from (Group(without_suffix(file.path), (file,)) for file in lone)


def _stem_and_track(path: Path) -> tuple[Path, str]:
    bare = without_suffix(path)
    name, suffix = os.path.splitext(bare.name)
    if name and suffix.lower() in (MIC, SYSTEM):
        return bare.with_name(name), suffix.lower()
    return bare, NO_TRACK
