"""Which recordings are here?

A recording is what holds audio that can be decoded, whatever it is called. `talk.mic.flac` and
`talk.system.flac` are two tracks of one; `talk.timeline.json` is the timeline of either.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from audio.archive.file_check import Probed, probed, without_suffix
from audio.archive.paths import listed
from audio.archive.recording_job import Source

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


@dataclass(frozen=True, slots=True)
class Found:
    """A recording, the name under which its outputs stand, and its length as far as it says.

    The name is its path below the folder that all given paths have in common.
    """

    name: PurePath
    source: Source
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is called a recording, and why it is none that could be heard."""

    name: PurePath
    reason: str


@dataclass(frozen=True, slots=True)
class Finds:
    """Recordings by name; what is called one but is none; how many other files there are.

    `loops` are folders that lead back to one that was searched already.
    """

    recordings: tuple[Found, ...]
    unfit: tuple[Unfit, ...] = ()
    passed_over: int = 0
    loops: tuple[PurePath, ...] = ()


def find(given: Sequence[str], *, newer_than: datetime | None = None) -> Finds:
    """The recordings among these files, in these folders, and behind these patterns.

    Of two tracks it is enough that one is newer.

    Raises
    ------
    NothingThere
    """
    files = listed(given)
    each = [probed(path, is_named=path in files.named) for path in files.paths]
    meant = [file for file in each if file is not None]
    groups = [group for group in grouped(meant) if _is_newer(group, newer_than)]
    told = sorted(_told(groups, files.root), key=lambda one: one.name)
    recordings = tuple(one for one in told if isinstance(one, Found))
    unread = [Unfit(path.relative_to(files.root), why) for path, why in files.unread]
    return Finds(
        recordings,
        (*unread, *(one for one in told if isinstance(one, Unfit))),
        files.hidden + len({*files.paths} - _used(groups, recordings)),
        tuple(folder.relative_to(files.root) for folder in files.loops),
    )


def _used(groups: Sequence[Group], recordings: Sequence[Found]) -> set[Path]:
    """The files that have a part in a recording."""
    timelines = {found.source.timeline for found in recordings if found.source.timeline}
    return timelines | {file.path for group in groups for file in group.files}


def _is_newer(group: Group, than: datetime | None) -> bool:
    if than is None:
        return True
    return any(datetime.fromtimestamp(file.changed_at, UTC) > than for file in group.files)


def _told(groups: Sequence[Group], root: Path) -> list[Found | Unfit]:
    """Recordings of which there would be two of a name are called as their files, with suffix."""
    count = Counter(group.stem for group in groups)
    paths = {file.path for group in groups for file in group.files}
    return [
        _as_found(group, root, is_alone=count[group.stem] == 1 and group.stem not in paths)
        for group in groups
    ]


def _as_found(group: Group, root: Path, *, is_alone: bool) -> Found | Unfit:
    name = (group.stem if is_alone else group.files[0].path).relative_to(root)
    unfit = [file for file in group.files if file.reason]
    if unfit:
        return Unfit(name, f"{unfit[0].path.name}: {unfit[0].reason}")
    timeline = _timeline(group.stem)
    if timeline is not None and not timeline.is_file():
        return Unfit(name, f"{timeline.name}: it is no file.")
    source = Source(tuple(file.path for file in group.files), timeline)
    return Found(name, source, _longest_s(group.files))


def _longest_s(files: Sequence[Probed]) -> float | None:
    return max((file.seconds for file in files if file.seconds is not None), default=None)


def _timeline(stem: Path) -> Path | None:
    beside = stem.with_name(f"{stem.name}.timeline.json")
    return beside if os.path.lexists(beside) else None
