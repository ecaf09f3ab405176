"""The progress of an archive: results of recordings, their listeners, and requests to stop."""

from dataclasses import dataclass
from typing import Literal, Protocol

from audio.archive.inventory import ArchiveRecording

Status = Literal["done", "to do", "copied", "there", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResult:
    """How a recording ended, or in a plan: how it would end.

    `copied`: its outputs were copied from an identical recording; `there`: they already existed.
    """

    name: str
    status: Status
    audio_s: float = 0.0
    took_s: float = 0.0
    reason: str = ""
    warnings: tuple[str, ...] = ()


class ProgressListener(Protocol):
    """Shows the progress of an archive; its methods are called from any thread."""

    def started(self, recording: ArchiveRecording) -> None:
        """A recording is being processed."""

    def advanced(self, recording: ArchiveRecording, share: float) -> None:
        """Another share of it, 0 to 1, is done."""

    def stopped(self, recording: ArchiveRecording) -> None:
        """Its processing was stopped, without a result."""

    def ended(self, result: RecordingResult, recording: ArchiveRecording | None) -> None:
        """It has a result; without `recording` it was not a recording."""


class StopRequest:
    """Whether the run is to begin nothing new, and why."""

    def __init__(self) -> None:
        self.reason = ""

    def request(self, reason: str) -> None:
        """Request the stop; the first reason is kept."""
        self.reason = self.reason or reason

    def is_requested(self) -> bool:
        """Return whether a stop was requested."""
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class RecordingWatcher:
    """Reports the progress of one recording to the listener of the archive."""

    recording: ArchiveRecording
    listener: ProgressListener
    stop: StopRequest

    def advance(self, share: float) -> None:
        self.listener.advanced(self.recording, share)

    def is_over(self) -> bool:
        return self.stop.is_requested()
