"""The check whether a file is a recording, for the inventory of an archive."""

import os
from dataclasses import dataclass
from pathlib import Path

from audio.media.decoding import (
    SAMPLE_RATE,
    DecodingUnavailable,
    UndecodableAudio,
    UnusableSampleRate,
    declared_s,
    sample_blocks,
)
from audio.media.recording import Recording

# A shorter recording holds no word, so no engine is called for it.
SHORTEST_S = 0.1
# A file with one of these suffixes is meant to be a recording, so it is reported if it is not.
_SUFFIXES = frozenset(
    {".3g2", ".3gp", ".aac", ".ac3", ".aif", ".aiff", ".amr", ".ape", ".asf", ".au", ".avi"}
    | {".caf", ".dts", ".eac3", ".flac", ".flv", ".m2ts", ".m4a", ".m4b", ".m4v", ".mka", ".mkv"}
    | {".mov", ".mp2", ".mp3", ".mp4", ".mpeg", ".mpg", ".oga", ".ogg", ".ogv", ".opus", ".tta"}
    | {".voc", ".w64", ".wav", ".wave", ".weba", ".webm", ".wma", ".wmv", ".wv"}
)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A recording with its declared length in seconds, or the `reason` why it is unusable.

    `changed_at` is the time of the last change, in seconds since 1970.
    """

    path: Path
    seconds: float | None = None
    changed_at: float = 0.0
    reason: str = ""


class _NotARecording(Exception):
    """The file holds no audio that can be transcribed; the message says why."""


def check_file(path: Path, *, is_named: bool) -> CheckedFile | None:
    """Check a file; return None if it is not a recording, and neither named nor called like one.

    `is_named`: the operator gave the path of this file, not only that of its folder.
    """
    try:
        return CheckedFile(path, _declared_seconds(path), path.stat().st_mtime)
    except (_NotARecording, OSError) as error:
        reason = describe_os_error(error) if isinstance(error, OSError) else str(error)
    if not is_named and not _has_media_suffix(path):
        return None
    # A broken link has a time of its own; a file that was deleted in the meantime has none.
    changed_at = path.lstat().st_mtime if os.path.lexists(path) else 0.0
    return CheckedFile(path, changed_at=changed_at, reason=reason)


def without_media_suffix(path: Path) -> Path:
    """Return the path without its suffix, if that only marks the file as a recording."""
    return path.with_suffix("") if _has_media_suffix(path) else path


def describe_os_error(error: OSError) -> str:
    """Return the system's message as a sentence, without the path."""
    # Storages other than the file system, such as buckets, set neither a number nor a message.
    fallback = "No such file" if isinstance(error, FileNotFoundError) else type(error).__name__
    return f"{error.strerror or fallback}."


def _has_media_suffix(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES


def _declared_seconds(path: Path) -> float | None:
    """Return the length that the recording declares; None if it declares none."""
    if not path.stat().st_size:
        raise _NotARecording("the file is empty." if path.is_file() else "it is not a file.")
    recording = Recording(path)
    try:
        decoded_s, seconds = _decode_beginning(recording), declared_s(recording)
    except UndecodableAudio:
        raise _NotARecording("it is not audio or video that can be decoded.") from None
    except UnusableSampleRate as error:
        raise _NotARecording(error.reason) from None
    except DecodingUnavailable as error:
        raise _NotARecording(str(error)) from error
    if decoded_s < SHORTEST_S:
        raise _NotARecording(f"{decoded_s:.2f} s are too short; expected {SHORTEST_S} s or more.")
    return seconds


def _decode_beginning(recording: Recording) -> float:
    """Return how many seconds can be decoded, up to one block beyond `SHORTEST_S`."""
    samples = 0
    for block in sample_blocks(recording):
        samples += len(block)
        if samples >= SHORTEST_S * SAMPLE_RATE:
            break
    return samples / SAMPLE_RATE
