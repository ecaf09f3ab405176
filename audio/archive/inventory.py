"""The inventory of an archive: its recordings, their tracks and their timelines.

A file is a recording if it holds audio that can be decoded, whatever its name. `talk.mic.flac` and
`talk.system.flac` are the two tracks of one recording; `talk.timeline.json`, or `talk.timeline.`
with any other suffix, is the timeline of either.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from audio.archive.file_check import CheckedFile, check_file, without_media_suffix
from audio.archive.paths import list_files
from audio.archive.recording_job import RecordingFiles

MIC, SYSTEM, TIMELINE = ".mic", ".system", ".timeline."
NO_TRACK = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One file, or the two tracks of a recording; `stem` is the path that they share."""

    stem: Path
    files: tuple[CheckedFile, ...]


def group_tracks(files: Iterable[CheckedFile]) -> Iterator[Group]:
    """Group two tracks where both exist; every other file, also a single track, is alone."""
    by_stem: dict[Path, dict[str, list[CheckedFile]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        stem, track = _stem_and_track(file.path)
        by_stem[stem][track].append(file)
    for stem, tracks in by_stem.items():
        pairs = list(zip(tracks[MIC], tracks[SYSTEM], strict=False))
        yield from (Group(stem, pair) for pair in pairs)
        single = tracks[MIC][len(pairs) :] + tracks[SYSTEM][len(pairs) :] + tracks[NO_TRACK]
        yield from (Group(without_media_suffix(file.path), (file,)) for file in single)


def _stem_and_track(path: Path) -> tuple[Path, str]:
    bare = without_media_suffix(path)
    name, suffix = os.path.splitext(bare.name)
    if name and suffix.lower() in (MIC, SYSTEM):
        return bare.with_name(name), suffix.lower()
    return bare, NO_TRACK


@dataclass(frozen=True, slots=True)
class ArchiveRecording:
    """A recording, the name of its outputs, and its declared length in seconds.

    The name is its path below the folder that all given paths have in common.
    """

    name: PurePath
    files: RecordingFiles
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class UnusableFile:
    """A file that is called like a recording, and why it cannot be processed."""

    name: PurePath
    reason: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The recordings by name, the unusable files, and the number of other files.

    `loops` are folders that lead back to a folder that was already searched.
    """

    recordings: tuple[ArchiveRecording, ...]
    unusable: tuple[UnusableFile, ...] = ()
    ignored: int = 0
    loops: tuple[PurePath, ...] = ()


def find_recordings(given: Sequence[str], *, newer_than: datetime | None = None) -> Inventory:
    """Return the recordings among these files, folders and patterns.

    A recording with two tracks is newer if one of the tracks is.

    Raises
    ------
    NoSuchPath
    """
    listing = list_files(given)
    checked = [check_file(path, is_named=path in listing.named) for path in listing.paths]
    candidates = [file for file in checked if file is not None]
    groups = [group for group in group_tracks(candidates) if _is_newer(group, newer_than)]
    entries = sorted(_entries(groups, listing.root), key=lambda entry: entry.name)
    recordings = tuple(entry for entry in entries if isinstance(entry, ArchiveRecording))
    unread = [UnusableFile(path.relative_to(listing.root), why) for path, why in listing.unread]
    return Inventory(
        recordings,
        (*unread, *(entry for entry in entries if isinstance(entry, UnusableFile))),
        listing.hidden + len({*listing.paths} - _used_paths(groups, recordings)),
        tuple(folder.relative_to(listing.root) for folder in listing.loops),
    )


def _used_paths(groups: Sequence[Group], recordings: Sequence[ArchiveRecording]) -> set[Path]:
    """Return the files that are tracks or timelines."""
    timelines = {one.files.timeline for one in recordings if one.files.timeline}
    return timelines | {file.path for group in groups for file in group.files}


def _is_newer(group: Group, than: datetime | None) -> bool:
    if than is None:
        return True
    return any(datetime.fromtimestamp(file.changed_at, UTC) > than for file in group.files)


def _entries(groups: Sequence[Group], root: Path) -> list[ArchiveRecording | UnusableFile]:
    """Name the groups by their stems, or with the suffix where two would have the same name."""
    count = Counter(group.stem for group in groups)
    paths = {file.path for group in groups for file in group.files}
    timelines = _find_timelines({group.stem.parent for group in groups}, paths)
    return [
        _entry(
            group,
            root,
            timelines.get(group.stem, []),
            is_unique=count[group.stem] == 1 and group.stem not in paths,
        )
        for group in groups
    ]


def _find_timelines(folders: Iterable[Path], recordings: Set[Path]) -> dict[Path, list[Path]]:
    """Return the timelines in these folders by the stems of their recordings, sorted."""
    found: dict[Path, list[Path]] = defaultdict(list)
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            stem, marker, suffix = name.rpartition(TIMELINE)
            path = folder / name
            if stem and marker and suffix and path not in recordings:
                found[folder / stem].append(path)
    return found


def _entry(
    group: Group, root: Path, timelines: Sequence[Path], *, is_unique: bool
) -> ArchiveRecording | UnusableFile:
    name = (group.stem if is_unique else group.files[0].path).relative_to(root)
    unusable = [file for file in group.files if file.reason]
    if unusable:
        return UnusableFile(name, f"{unusable[0].path.name}: {unusable[0].reason}")
    if len(timelines) > 1:
        listed = " and ".join(path.name for path in timelines)
        return UnusableFile(name, f"it has more than one timeline: {listed}.")
    timeline = next(iter(timelines), None)
    if timeline is not None and not timeline.is_file():
        return UnusableFile(name, f"{timeline.name}: it is not a file.")
    files = RecordingFiles(tuple(file.path for file in group.files), timeline)
    return ArchiveRecording(name, files, _longest_s(group.files))


def _longest_s(files: Sequence[CheckedFile]) -> float | None:
    return max((file.seconds for file in files if file.seconds is not None), default=None)
