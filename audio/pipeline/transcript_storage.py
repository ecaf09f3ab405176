"""The storage of a named transcript in the library, with its audio where that is kept."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from audio.library import KeptTrack, Provenance, library
from audio.media.opus_files import opus_file
from audio.media.recording import Recording, digest_of
from audio.merge.values import NamedTranscript, Notice
from audio.pipeline.merge_job import MergeJob

STORED_WITHOUT_WORDS = Notice(
    "stored_without_words",
    "The stored transcript has speakers and their turns, but no words, so no search finds it; "
    "send transcribe=true to store the words.",
)


def note_missing_words(transcript: NamedTranscript) -> NamedTranscript:
    """Return a transcript that is to be stored, with a warning where it has no words."""
    if transcript.blocks or not transcript.turns or STORED_WITHOUT_WORDS in transcript.warnings:
        return transcript
    return replace(transcript, warnings=(*transcript.warnings, STORED_WITHOUT_WORDS))


def remember(
    transcript: NamedTranscript, job: MergeJob, *, created_by: str, key: str | None = None
) -> str:
    """Store a named transcript in the library, once per `key`; return its identifier."""
    with storing(job, created_by=created_by, key=key) as store:
        return store(transcript)


@contextmanager
def storing(
    job: MergeJob, *, created_by: str, key: str | None = None
) -> Iterator[Callable[[NamedTranscript], str]]:
    """Prepare the storing of a transcript, as `remember` does it; audio to keep is encoded.

    Raises
    ------
    UnusableAudio, NoRoom
    """
    recordings = _tracks_of(job)
    keeps = settings.KEEP_AUDIO if job.options.keep_audio is None else job.options.keep_audio
    with ExitStack() as files:
        encoded = {
            track: files.enter_context(opus_file(recording))
            for track, recording in recordings.items()
            if keeps
        }
        provenance = Provenance(
            sha256=digest_of(*recordings.values()),
            created_by=created_by,
            recording_name=", ".join(one.name for one in recordings.values() if one.name),
            retain_until=_in_days(job.options.retain_days),
            key=key,
            audio=tuple(
                KeptTrack(track, opus.path, opus.seconds, opus.peaks)
                for track, opus in encoded.items()
            ),
        )
        yield lambda transcript: library().remember(note_missing_words(transcript), provenance)


def _tracks_of(job: MergeJob) -> dict[str, Recording]:
    """Return the recordings by the names of their tracks."""
    if job.mic_file and job.system_file:
        return {"mic": job.mic_file, "system": job.system_file}
    return {"mono": job.file} if job.file else {}


def _in_days(days: int | None) -> datetime | None:
    return None if days is None else timezone.now() + timedelta(days=days)
