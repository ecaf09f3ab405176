"""Is this file a recording?"""

import os
from dataclasses import dataclass
from pathlib import Path

from audio.media.decoding import (
    SAMPLE_RATE,
    DecodingUnavailable,
    UndecodableAudio,
    declared_s,
    sample_blocks,
)
from audio.media.recording import Recording

# In less than this nothing can be heard, and an engine need not be troubled with it.
SHORTEST_S = 0.1
# Whoever names a file so says that it is a recording.
_SUFFIXES = frozenset(
    {".3g2", ".3gp", ".aac", ".ac3", ".aif", ".aiff", ".amr", ".ape", ".asf", ".au", ".avi"}
    | {".caf", ".dts", ".eac3", ".flac", ".flv", ".m2ts", ".m4a", ".m4b", ".m4v", ".mka", ".mkv"}
    | {".mov", ".mp2", ".mp3", ".mp4", ".mpeg", ".mpg", ".oga", ".ogg", ".ogv", ".opus", ".tta"}
    | {".voc", ".w64", ".wav", ".wave", ".weba", ".webm", ".wma", ".wmv", ".wv"}
)


@dataclass(frozen=True, slots=True)
class Probed:
    """A file that is a recording, and how long it says it is; or the `reason` why it is none.

    `changed_at` is when it was last written to, in seconds since 1970.
    """

    path: Path
    seconds: float | None = None
    changed_at: float = 0.0
    reason: str = ""


class _NoRecording(Exception):
    """A file in which nothing can be heard; the message says why."""


def probed(path: Path, *, is_named: bool) -> Probed | None:
    """What a file is; None where it is no recording, and nobody said that it is one."""
    try:
        return Probed(path, _seconds(path), path.stat().st_mtime)
    except (_NoRecording, OSError) as error:
        why = reason_of(error) if isinstance(error, OSError) else str(error)
    if not is_named and not _is_called_recording(path):
        return None
    # The time of a link, where it leads nowhere; of what is gone meanwhile, none.
    changed_at = path.lstat().st_mtime if os.path.lexists(path) else 0.0
    return Probed(path, changed_at=changed_at, reason=why)


def without_suffix(path: Path) -> Path:
    """The path without a suffix that says nothing but that this is a recording."""
    return path.with_suffix("") if _is_called_recording(path) else path


def reason_of(error: OSError) -> str:
    """What the system says, as a sentence without a path."""
    # What stands in for the system, as a bucket does, gives no number and no text.
    unnumbered = "No such file" if isinstance(error, FileNotFoundError) else type(error).__name__
    return f"{error.strerror or unnumbered}."


def _is_called_recording(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES


def _seconds(path: Path) -> float | None:
    """How long this recording says it is; None where it does not say."""
    if not path.stat().st_size:
        raise _NoRecording("the file is empty." if path.is_file() else "it is no file.")
    try:
        heard, seconds = _beginning_s(path), declared_s(Recording(path))
    except UndecodableAudio:
        raise _NoRecording("it is no audio or video that can be decoded.") from None
    except DecodingUnavailable as error:
        raise _NoRecording(str(error)) from error
    if heard < SHORTEST_S:
        raise _NoRecording(f"{heard:.2f} s are too short; expected {SHORTEST_S} s or more.")
    return seconds


def _beginning_s(path: Path) -> float:
    """How much can be heard of its first moments."""
    heard = 0
    for block in sample_blocks(Recording(path)):
        heard += len(block)
        if heard >= SHORTEST_S * SAMPLE_RATE:
            break
    return heard / SAMPLE_RATE
