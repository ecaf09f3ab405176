"""Which recordings are here?

A recording is what holds audio that can be decoded, whatever it is called. `talk.mic.flac` and
`talk.system.flac` are two tracks of one; `talk.timeline.json` is the timeline of either.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from audio.archive.doing import Source
from audio.archive.probing import (
    NoRecording,
    Unfit,
    is_called_recording,
    probe,
    without_suffix,
)
from audio.archive.walking import Listed, listed, reason_of

TRACKS = (".mic", ".system")


@dataclass(frozen=True, slots=True)
class Found:
    """A recording, the name under which its outputs stand, and its length as far as it says.

    The name is its path below the folder that all given paths have in common.
    """

    name: PurePath
    source: Source
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Finds:
    """Recordings by name; what is called one but is none; how much else there is."""

    recordings: tuple[Found, ...]
    unfit: tuple[Unfit, ...] = ()
    passed_over: int = 0
    loops: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Probed:
    path: Path
    seconds: float | None


def find(given: Sequence[str], *, newer_than: datetime | None = None) -> Finds:
    """The recordings among these files, in these folders, and behind these patterns.

    Raises
    ------
    NothingThere
    """
    files = listed(given)
    probed: list[_Probed] = []
    unfit = [Unfit(path, reason_of(error)) for path, error in files.unread]
    passed_over = files.hidden
    for path in files.paths:
        found = _probed(path, is_named=path in files.named, newer_than=newer_than)
        if isinstance(found, _Probed):
            probed.append(found)
        elif isinstance(found, Unfit):
            unfit.append(found)
        else:
            passed_over += 1
    return Finds(_recordings(probed, files), tuple(unfit), passed_over, files.loops)


def _probed(path: Path, *, is_named: bool, newer_than: datetime | None) -> _Probed | Unfit | None:
    """What is in a file; None where it is not said to be a recording, or is too old."""
    is_meant = is_named or is_called_recording(path)
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if newer_than is not None and changed <= newer_than:
            return None
        return _Probed(path, probe(path))
    except NoRecording as error:
        return Unfit(path, str(error)) if is_meant else None
    except OSError as error:
        return Unfit(path, reason_of(error)) if is_meant else None


def _recordings(probed: Iterable[_Probed], files: Listed) -> tuple[Found, ...]:
    by_place: dict[tuple[Path, str], dict[str, list[_Probed]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in probed:
        stem, track = _stem_and_track(one.path)
        by_place[one.path.parent, stem][track].append(one)
    found = [each for place, tracks in by_place.items() for each in _paired(place, tracks)]
    return tuple(sorted(_named_apart(found, files.root), key=lambda one: one.name))


def _stem_and_track(path: Path) -> tuple[str, str]:
    bare = without_suffix(path).name
    stem, track = os.path.splitext(bare)
    return (stem, track.lower()) if track.lower() in TRACKS and stem else (bare, "")


def _paired(
    place: tuple[Path, str], tracks: dict[str, list[_Probed]]
) -> list[tuple[Path, tuple[_Probed, ...]]]:
    """Recordings of one stem: two tracks where both are there, each other file for itself."""
    folder, stem = place
    mics, systems = (tracks[track] for track in TRACKS)
    pairs = list(zip(mics, systems, strict=False))
    lone = [*tracks[""], *mics[len(pairs) :], *systems[len(pairs) :]]
    return [
        *((folder / stem, pair) for pair in pairs),
        *((without_suffix(one.path), (one,)) for one in lone),
    ]


def _named_apart(found: Sequence[tuple[Path, tuple[_Probed, ...]]], root: Path) -> list[Found]:
    """Names of which there would be two are those of the files, with their suffix."""
    count = Counter(stem for stem, _ in found)
    files = {one.path for _, tracks in found for one in tracks}
    return [
        Found(
            (tracks[0].path if count[stem] > 1 or stem in files else stem).relative_to(root),
            Source(tuple(one.path for one in tracks), _timeline(stem)),
            max((one.seconds for one in tracks if one.seconds is not None), default=None),
        )
        for stem, tracks in found
    ]


def _timeline(stem: Path) -> Path | None:
    beside = stem.with_name(f"{stem.name}.timeline.json")
    return beside if beside.is_file() else None
