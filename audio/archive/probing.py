"""Is this file a recording?"""

from dataclasses import dataclass
from pathlib import Path

from audio.decoding import SAMPLE_RATE, UndecodableAudio, declared_s, sample_blocks

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
class Unfit:
    """What is called a recording, and why it is none that could be heard."""

    path: Path
    reason: str


class NoRecording(Exception):
    """A file in which nothing can be heard; the message says why."""


def is_called_recording(path: Path) -> bool:
    """Whether its suffix says that this is a recording."""
    return path.suffix.lower() in _SUFFIXES


def without_suffix(path: Path) -> Path:
    """The path without a suffix that says nothing but that this is a recording."""
    return path.with_suffix("") if is_called_recording(path) else path


def probe(path: Path) -> float | None:
    """How long does this recording say it is? None where it does not say.

    Raises
    ------
    NoRecording
    OSError
        When the file cannot be read.
    """
    if not path.is_file():
        raise NoRecording("it is no file.")
    if path.stat().st_size == 0:
        raise NoRecording("the file is empty.")
    try:
        heard = _beginning_s(path)
        seconds = declared_s(path)
    except UndecodableAudio:
        raise NoRecording("it is no audio or video that can be decoded.") from None
    if heard < SHORTEST_S:
        raise NoRecording(f"{heard:.2f} s are too short; expected {SHORTEST_S} s or more.")
    return seconds


def _beginning_s(path: Path) -> float:
    """How much can be heard of its first moments."""
    heard = 0
    for block in sample_blocks(path):
        heard += len(block)
        if heard >= SHORTEST_S * SAMPLE_RATE:
            break
    return heard / SAMPLE_RATE
