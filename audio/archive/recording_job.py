"""What becomes of one recording, by the options of its archive?

Files on this machine in, a named transcript out: no terminal, no folder of outputs, no journal.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rest_framework.exceptions import ValidationError

from audio.api.fields import TimelineField
from audio.archive.options import ArchiveOptions
from audio.context import ProgressWatcher, traced
from audio.engines.failures import PASSING, EngineRefused
from audio.media.decoding import DecodingUnavailable
from audio.media.recording import Recording
from audio.merge.name_spelling import readable
from audio.merge.values import NamedTranscript, TimelineEntry
from audio.pipeline import retries
from audio.pipeline.job_progress import watched_by
from audio.pipeline.label_merge import MergeJob, digest_of, label_merge, remember

_PASSING: tuple[type[Exception], ...] = (*PASSING, DecodingUnavailable)
T = TypeVar("T")


class UnusableRecording(Exception):
    """A recording that cannot be done as it lies there; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A recording as files: one, or the microphone's and the system's; perhaps a timeline."""

    tracks: tuple[Path, ...]
    timeline: Path | None = None


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
        transcript = _patiently(lambda: label_merge(job))
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
    OSError, NothingIsKept
    """
    heard_by = json.dumps(dict(transcript.models), sort_keys=True)
    parts = f"{key_of(source, options)} {heard_by}"
    key = hashlib.sha256(parts.encode()).hexdigest()
    return remember(transcript, _job(source, options, actor), created_by=actor, key=key)


def timeline_in(timeline: Path) -> tuple[TimelineEntry, ...]:
    """Read who was shown as speaking when.

    Raises
    ------
    UnusableRecording, OSError
    """
    field = TimelineField()
    field.field_name = timeline.name
    try:
        return tuple(field.to_internal_value(timeline.read_bytes()))
    except ValidationError as error:
        reason = str(error.detail[0] if isinstance(error.detail, list) else error.detail)
        named = reason if timeline.name in reason else f"{timeline.name}: {reason}"
        raise UnusableRecording(named) from error


def _job(source: Source, options: ArchiveOptions, actor: str) -> MergeJob:
    *mic, last = [
        Recording(path, path.suffix.lower(), readable(path.name), field=readable(path.name))
        for path in source.tracks
    ]
    return MergeJob(
        file=None if mic else last,
        mic_file=mic[0] if mic else None,
        system_file=last if mic else None,
        timeline=() if source.timeline is None else timeline_in(source.timeline),
        self_name=options.self_name,
        known_voiceprints=options.known_voices,
        library_reader=actor,
        transcribe=True,
        rule=options.rule,
        linking=options.linking,
        retain_days=options.retain_days,
    )


def _patiently(ask: Callable[[], T]) -> T:
    """Try a few times what a later try may mend."""
    for pause_s in retries.RETRY_AFTER_S:
        try:
            return retries.once_it_is_back(ask)
        except EngineRefused as error:
            if error.retry_after is None:
                raise
            retries.pause(min(error.retry_after, pause_s))
        except _PASSING:
            retries.pause(pause_s)
    return retries.once_it_is_back(ask)


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
    known = options.known_voices
    heard = transcript.models.get("embedding", "")
    if known is not None and known.space and known.names and known.space != heard:
        raise UnusableRecording(
            f"the known voices are of {known.space}, those of the engine of {heard or 'nothing'}:"
            " they cannot be compared."
        )
