"""The result of a job: the same as the response of the endpoint that the job's kind names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import TemporaryUploadedFile

from audio.api.serializers.speakers import LabelMergeRequest, TranscribeWithSpeakersRequest
from audio.formats.native_json import Json, without_embeddings
from audio.formats.renderer import render
from audio.merge.values import LabelledTranscript, NamedTranscript
from audio.pipeline.label_merge import MergeJob, label_merge, remember
from audio.pipeline.transcription import (
    transcribe_with_known_speakers,
    transcribe_with_speakers,
)
from voiceprints.jobs.archive_jobs import build_archive_merge_job, label_archive_recording
from voiceprints.models.jobs import Job, JobKind
from voiceprints.people.person_names import find_people_by_name

Files = Mapping[str, TemporaryUploadedFile]
EndpointRequest = LabelMergeRequest | TranscribeWithSpeakersRequest
REQUESTS: Mapping[str, type[LabelMergeRequest] | type[TranscribeWithSpeakersRequest]] = {
    JobKind.LABEL_MERGE: LabelMergeRequest,
    JobKind.TRANSCRIBE: TranscribeWithSpeakersRequest,
}


@dataclass(frozen=True, slots=True)
class JobResult:
    """The result of a job that is done.

    `people` are those whom the stored library recognised by their voices. `store` stores the
    transcript and returns its identifier, if storing was requested.
    """

    content: Json | str
    warnings: Sequence[object] = ()
    people: frozenset[UUID] = frozenset()
    store: Callable[[], str] | None = None


def compute_result(job: Job, files: Files) -> JobResult:
    """Process the recordings of a job; the files must exist until the result is stored.

    Raises
    ------
    EngineError, UnusableAudio, UnusableRecording, LibraryUnavailable, Stopped, OutputsNotWritten
    """
    if job.kind == JobKind.ARCHIVE:
        return _label_archive(job, files)
    request = REQUESTS[job.kind](data={**job.options, **files})
    request.is_valid(raise_exception=True)
    if isinstance(request, LabelMergeRequest):
        return _label_merge(job, request)
    return _transcribe(job, request)


def _label_merge(job: Job, request: LabelMergeRequest) -> JobResult:
    reader = job.created_by if job.reads_library else None
    merge_job = request.job(library_reader=reader, needs_library=True)
    transcript = label_merge(merge_job)
    form = request.validated_data["format"]
    content = _render(transcript, form, with_embeddings=job.wants_vectors)
    is_stored = request.validated_data["store"]
    return _named_result(job, merge_job, transcript, content, is_stored=is_stored)


def _label_archive(job: Job, files: Files) -> JobResult:
    merge_job = build_archive_merge_job(job, files)
    transcript = label_archive_recording(job, merge_job)
    content = _render(transcript, "json", with_embeddings=False)
    is_stored = bool(job.options["store"])
    return _named_result(job, merge_job, transcript, content, is_stored=is_stored)


def _named_result(
    job: Job,
    merge_job: MergeJob,
    transcript: NamedTranscript,
    content: Json | str,
    *,
    is_stored: bool,
) -> JobResult:
    # Voices that the caller sent name no person of the stored library.
    has_own_voices = merge_job.options.known_voiceprints is not None
    recognised = {
        speaker.name
        for speaker in transcript.speakers
        if speaker.source == "voiceprint" and not has_own_voices
    }
    store = partial(remember, transcript, merge_job, created_by=job.created_by)
    return JobResult(
        content, _warnings(transcript), _people(recognised), store if is_stored else None
    )


def _transcribe(job: Job, request: TranscribeWithSpeakersRequest) -> JobResult:
    given, linking = request.validated_data, request.linking()
    if given["identify"]:
        transcript = transcribe_with_known_speakers(
            given["file"], reader=job.created_by, linking=linking, needs_library=True
        )
    else:
        transcript = transcribe_with_speakers(given["file"], linking=linking)
    content = render(transcript, given["format"])
    recognised = {person.name for person in transcript.recognised or () if person.name}
    return JobResult(content, _warnings(transcript), _people(recognised))


def _render(transcript: NamedTranscript, form: str, *, with_embeddings: bool) -> Json | str:
    content = render(transcript, form)
    return content if with_embeddings or isinstance(content, str) else without_embeddings(content)


def _people(names: Iterable[str]) -> frozenset[UUID]:
    return frozenset(find_people_by_name(names).values())


def _warnings(transcript: LabelledTranscript | NamedTranscript) -> Sequence[object]:
    return [{"code": warning.code, "message": warning.message} for warning in transcript.warnings]
