"""The result of a job: the same as the response of the endpoint that the job's kind names."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from django.core.files.uploadedfile import TemporaryUploadedFile

from audio.api.serializers.speakers import LabelMergeRequest, TranscribeWithSpeakersRequest
from audio.formats.native_json import Json, without_embeddings
from audio.formats.renderer import render
from audio.merge.values import LabelledTranscript, NamedTranscript
from audio.pipeline.label_merge import label_merge
from audio.pipeline.merge_job import MergeJob
from audio.pipeline.transcript_storage import storing
from audio.pipeline.transcription import (
    transcribe_with_known_speakers,
    transcribe_with_speakers,
)
from voiceprints.jobs.archive_jobs import (
    build_archive_merge_job,
    label_archive_recording,
    write_outputs,
)
from voiceprints.models.jobs import Job, JobKind
from voiceprints.people.erasure_marks import ErasedNames
from voiceprints.people.person_names import find_people_by_name
from voiceprints.transcripts.forgotten_names import forget_labels, forget_names, without_voices

Files = Mapping[str, TemporaryUploadedFile]
Store = Callable[[NamedTranscript], str]
EndpointRequest = LabelMergeRequest | TranscribeWithSpeakersRequest
REQUESTS: Mapping[str, type[LabelMergeRequest] | type[TranscribeWithSpeakersRequest]] = {
    JobKind.LABEL_MERGE: LabelMergeRequest,
    JobKind.TRANSCRIBE: TranscribeWithSpeakersRequest,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The result of a job that is done, in the names that it was begun with.

    `people` are those whom the stored library recognised by their voices. `store` stores the
    transcript and returns its identifier, once `prepared`; `write` writes its outputs, if either
    was requested.
    """

    transcript: NamedTranscript | LabelledTranscript
    form: str
    with_embeddings: bool = False
    people: frozenset[UUID] = frozenset()
    storing: AbstractContextManager[Store] | None = None
    store: Store | None = None
    write: Callable[[Job, NamedTranscript], None] | None = None

    @contextmanager
    def prepared(self) -> Iterator["JobResult"]:
        """Encode the audio that is kept with the transcript, which takes a while."""
        if self.storing is None:
            yield self
            return
        with self.storing as store:
            yield replace(self, store=store)

    def forget(self, erased: ErasedNames, pseudonyms: Iterable[str]) -> "JobResult":
        """Replace erased names, and drop the voices of those who have a pseudonym already."""
        transcript = self.transcript
        if isinstance(transcript, LabelledTranscript):
            return replace(self, transcript=forget_labels(transcript, erased))
        remaining = without_voices(transcript, pseudonyms)
        return replace(self, transcript=forget_names(remaining, erased))

    @property
    def content(self) -> Json | str:
        """What the endpoint would have answered."""
        content = render(self.transcript, self.form)
        if self.with_embeddings or isinstance(content, str):
            return content
        return without_embeddings(content)

    @property
    def warnings(self) -> Sequence[Json]:
        return [{"code": one.code, "message": one.message} for one in self.transcript.warnings]


def compute_result(job: Job, files: Files) -> JobResult:
    """Process the recordings of a job; the files must exist until the result is stored.

    Raises
    ------
    EngineError, UnusableAudio, UnusableRecording, LibraryUnavailable, Stopped
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
    return JobResult(
        transcript=transcript,
        form=request.validated_data["format"],
        with_embeddings=job.wants_vectors,
        people=_recognised(merge_job, transcript),
        storing=_storing(job, merge_job) if request.validated_data["store"] else None,
    )


def _label_archive(job: Job, files: Files) -> JobResult:
    merge_job = build_archive_merge_job(job, files)
    transcript = label_archive_recording(job, merge_job)
    return JobResult(
        transcript=transcript,
        form="json",
        people=_recognised(merge_job, transcript),
        storing=_storing(job, merge_job) if job.options["store"] else None,
        write=write_outputs if "out" in job.options else None,
    )


def _transcribe(job: Job, request: TranscribeWithSpeakersRequest) -> JobResult:
    given, linking = request.validated_data, request.linking()
    spelling = request.wanted_spelling()
    if given["identify"]:
        transcript = transcribe_with_known_speakers(
            given["file"],
            reader=job.created_by,
            linking=linking,
            needs_library=True,
            spelling=spelling,
        )
    else:
        transcript = transcribe_with_speakers(given["file"], linking=linking, spelling=spelling)
    recognised = {person.name for person in transcript.recognised or () if person.name}
    return JobResult(transcript=transcript, form=given["format"], people=_people(recognised))


def _storing(job: Job, merge_job: MergeJob) -> AbstractContextManager[Store]:
    return storing(merge_job, created_by=job.created_by)


def _recognised(merge_job: MergeJob, transcript: NamedTranscript) -> frozenset[UUID]:
    # Voices that the caller sent name no person of the stored library.
    if merge_job.options.known_voiceprints is not None:
        return frozenset()
    return _people(one.name for one in transcript.speakers if one.source == "voiceprint")


def _people(names: Iterable[str]) -> frozenset[UUID]:
    return frozenset(find_people_by_name(names).values())
