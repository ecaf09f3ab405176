"""The processing of one recording of an archive: files in, a named transcript out.

It knows neither a terminal nor a folder of outputs, so jobs use parts of it too.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audio.archive.options import ArchiveOptions
from audio.context import ProgressWatcher, traced
from audio.engines.failures import TRANSIENT, EngineBusy, EngineRefused
from audio.media.decoding import DecodingUnavailable
from audio.media.recording import Recording, digest_of, suffix_of
from audio.merge.name_spelling import readable
from audio.merge.values import NamedTranscript
from audio.pipeline.analysis.engine_retries import call_with_retries
from audio.pipeline.job_progress import watched_by
from audio.pipeline.label_merge import label_merge
from audio.pipeline.merge_job import MergeJob, build_merge_job
from audio.pipeline.transcript_storage import remember
from audio.timelines.export import MAX_BYTES, Export, Unreadable
from audio.timelines.registry import read_timeline

_TRANSIENT_ERRORS: tuple[type[Exception], ...] = (*TRANSIENT, DecodingUnavailable)


class UnusableRecording(Exception):
    """The recording cannot be processed as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class RecordingFiles:
    """The files of a recording: one, or the mic and the system track; and its timeline."""

    tracks: tuple[Path, ...]
    timeline: Path | None = None

    def by_field(self) -> dict[str, Path]:
        """Return the tracks by the form field in which a request would send them."""
        fields = ("mic_file", "system_file") if len(self.tracks) == 2 else ("file",)
        return dict(zip(fields, self.tracks, strict=True))


def recording_key(files: RecordingFiles, options: ArchiveOptions) -> str:
    """Return a digest of all that the transcript depends on: audio, timeline and options.

    Raises
    ------
    OSError
    """
    timeline = b"" if files.timeline is None else files.timeline.read_bytes()
    parts = (
        digest_of(*map(Recording, files.tracks)),
        hashlib.sha256(timeline).hexdigest(),
        options.digest(),
    )
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def label_recording(
    files: RecordingFiles, options: ArchiveOptions, watcher: ProgressWatcher, *, actor: str
) -> NamedTranscript:
    """Return the named transcript of a recording; `actor` is named in the library's audit.

    Calls to an engine that is busy or unreachable are retried.

    Raises
    ------
    EngineError, UnusableAudio, UnusableRecording, LibraryUnavailable, OSError, Stopped
    """
    job = _build_job(files, options, actor)
    with traced(), watched_by(watcher), _unchanged(files):
        transcript = call_with_retries(lambda: label_merge(job), _delay)
    check_space(transcript, options)
    return transcript


def store_in_library(
    transcript: NamedTranscript, files: RecordingFiles, options: ArchiveOptions, *, actor: str
) -> str:
    """Store a transcript in the library, and return its identifier.

    A transcript of the same recording by the same models is stored once, also where an earlier
    run could not note its identifier any more.

    Raises
    ------
    OSError, LibraryMissing, LibraryUnavailable
    """
    models = json.dumps(dict(transcript.models), sort_keys=True)
    key = hashlib.sha256(f"{recording_key(files, options)} {models}".encode()).hexdigest()
    return remember(transcript, _build_job(files, options, actor), created_by=actor, key=key)


def read_timeline_file(path: Path, *, format: str) -> Export:
    """Return the export in a file; its format, or `auto`.

    Raises
    ------
    UnusableRecording, OSError
    """
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    return parse_recording_timeline(content, format=format, name=path.name)


def parse_recording_timeline(
    content: str | bytes, *, format: str, name: str = "timeline"
) -> Export:
    """Return the export in a timeline's content.

    Raises
    ------
    UnusableRecording
    """
    try:
        return read_timeline(content, format=format)
    except Unreadable as error:
        raise UnusableRecording(error.describe(name)) from error


def _build_job(files: RecordingFiles, options: ArchiveOptions, actor: str) -> MergeJob:
    recordings = {
        field: Recording(path, suffix_of(path.name), readable(path.name), readable(path.name))
        for field, path in files.by_field().items()
    }
    timeline = {}
    if files.timeline is not None:
        timeline["timeline"] = read_timeline_file(
            files.timeline, format=options.merge.timeline_format
        )
    return build_merge_job(
        {**recordings, **timeline},
        options=options.merge,
        library_reader=actor,
        needs_library=True,
    )


def _delay(error: Exception, planned_s: float) -> float | None:
    """Return how long to wait before the next attempt; None where it cannot succeed."""
    if isinstance(error, EngineRefused):
        return None if error.retry_after is None else min(error.retry_after, planned_s)
    if isinstance(error, EngineBusy):
        return max(planned_s, error.retry_after or 0.0)
    return planned_s if isinstance(error, _TRANSIENT_ERRORS) else None


@contextmanager
def _unchanged(files: RecordingFiles) -> Iterator[None]:
    """Refuse a recording that changes inside the block: only a part of it was processed."""
    before = [_file_state(path) for path in files.tracks]
    yield
    if before != [_file_state(path) for path in files.tracks]:
        raise UnusableRecording("it changed while it was being processed.")


def _file_state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def check_space(transcript: NamedTranscript, options: ArchiveOptions) -> None:
    """Refuse known voices that are in another embedding space than the engine's embeddings.

    Raises
    ------
    UnusableRecording
    """
    known = options.merge.known_voiceprints
    space = transcript.models.get("embedding", "")
    if known is not None and known.space and known.names and known.space != space:
        raise UnusableRecording(
            f"the known voices are in space {known.space}, and the engine's embeddings in "
            f"{space or 'none'}: they cannot be compared."
        )
