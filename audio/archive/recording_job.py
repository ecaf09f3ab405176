"""What becomes of one recording, by the options of its archive?

Files on this machine in, a named transcript out: no terminal, no folder of outputs, no journal.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audio.archive.options import ArchiveOptions
from audio.context import ProgressWatcher, traced
from audio.engines.failures import PASSING, EngineRefused
from audio.media.decoding import DecodingUnavailable
from audio.media.recording import Recording, digest_of
from audio.merge.name_spelling import readable
from audio.merge.values import NamedTranscript, TimelineEntry
from audio.pipeline.engine_retries import call_with_retries
from audio.pipeline.job_progress import watched_by
from audio.pipeline.label_merge import MergeJob, build_merge_job, label_merge, remember
from audio.timelines.plain_list import parse_timeline

_PASSING: tuple[type[Exception], ...] = (*PASSING, DecodingUnavailable)


class UnusableRecording(Exception):
    """A recording that cannot be done as it lies there; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A recording as files: one, or the microphone's and the system's; perhaps a timeline."""

    tracks: tuple[Path, ...]
    timeline: Path | None = None

    def by_field(self) -> dict[str, Path]:
        """Return the files by the form field in which a request would send them."""
        fields = ("mic_file", "system_file") if len(self.tracks) == 2 else ("file",)
        return dict(zip(fields, self.tracks, strict=True))


def key_of(source: Source, options: ArchiveOptions) -> str:
    """What a transcript depends on: the sound, the timeline, the options.

    Raises
    ------
    OSError
    """
    timeline = b"" if source.timeline is None else source.timeline.read_bytes()
    parts = (
        digest_of(*map(Recording, source.tracks)),
        hashlib.sha256(timeline).hexdigest(),
        options.digest(),
    )
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def do(
    source: Source, options: ArchiveOptions, watch: ProgressWatcher, *, actor: str
) -> NamedTranscript:
    """Who said what in this recording, by name?

    An engine that is busy or away is given time. `actor` is whom the library's audit names.

    Raises
    ------
    EngineError, UnusableAudio, UnusableRecording, OSError, Stopped
    """
    job = _job(source, options, actor)
    with traced(), watched_by(watch), _unchanged(source):
        transcript = call_with_retries(lambda: label_merge(job), _delay)
    check_space(transcript, options)
    return transcript


def keep(
    transcript: NamedTranscript, source: Source, options: ArchiveOptions, *, actor: str
) -> str:
    """Have the library keep a transcript; return its identifier.

    What was kept before and could not be noted any more is not kept again: the same by the same
    models is the same transcript.

    Raises
    ------
    OSError, LibraryMissing
    """
    heard_by = json.dumps(dict(transcript.models), sort_keys=True)
    parts = f"{key_of(source, options)} {heard_by}"
    key = hashlib.sha256(parts.encode()).hexdigest()
    return remember(transcript, _job(source, options, actor), created_by=actor, key=key)


def timeline_in(path: Path) -> tuple[TimelineEntry, ...]:
    """Return the timeline entries of a file.

    Raises
    ------
    UnusableRecording, OSError
    """
    return timeline_of(path.read_bytes(), name=path.name)


def timeline_of(text: str | bytes, *, name: str = "timeline") -> tuple[TimelineEntry, ...]:
    """Return the timeline entries of JSON.

    Raises
    ------
    UnusableRecording
    """
    try:
        return parse_timeline(text, name=name)
    except ValueError as error:
        raise UnusableRecording(str(error)) from error


def _job(source: Source, options: ArchiveOptions, actor: str) -> MergeJob:
    recordings = {
        field: Recording(path, path.suffix.lower(), readable(path.name), readable(path.name))
        for field, path in source.by_field().items()
    }
    timeline = () if source.timeline is None else timeline_in(source.timeline)
    return build_merge_job(
        {**recordings, "timeline": timeline}, options=options.merge, library_reader=actor
    )


def _delay(error: Exception, planned_s: float) -> float | None:
    """Return how long to wait before the next attempt; None where it cannot succeed."""
    if isinstance(error, EngineRefused):
        return None if error.retry_after is None else min(error.retry_after, planned_s)
    return planned_s if isinstance(error, _PASSING) else None


@contextmanager
def _unchanged(source: Source) -> Iterator[None]:
    """A recording that is still being written would be heard in part."""
    before = [_state(path) for path in source.tracks]
    yield
    if before != [_state(path) for path in source.tracks]:
        raise UnusableRecording("it changed while it was being heard.")


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def check_space(transcript: NamedTranscript, options: ArchiveOptions) -> None:
    """Refuse known voices that cannot be compared with what the engine heard.

    Raises
    ------
    UnusableRecording
    """
    known = options.merge.known_voiceprints
    heard = transcript.models.get("embedding", "")
    if known is not None and known.space and known.names and known.space != heard:
        raise UnusableRecording(
            f"the known voices are of {known.space}, those of the engine of {heard or 'nothing'}:"
            " they cannot be compared."
        )
