"""What is the answer to a job? The same as the endpoint of its name would have given."""

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
from voiceprints.jobs import archive_jobs
from voiceprints.models.jobs import Job, JobKind
from voiceprints.people.person_names import find_people_by_name

Files = Mapping[str, TemporaryUploadedFile]
Asked = LabelMergeRequest | TranscribeWithSpeakersRequest
REQUESTS: Mapping[str, type[LabelMergeRequest] | type[TranscribeWithSpeakersRequest]] = {
    JobKind.LABEL_MERGE: LabelMergeRequest,
    JobKind.TRANSCRIBE: TranscribeWithSpeakersRequest,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job that is done tells.

    `people` are those whom the stored library knew by their voice; `keep` stores the transcript
    and gives its identifier, where that was asked.
    """

    result: Json | str
    warnings: Sequence[object] = ()
    people: frozenset[UUID] = frozenset()
    keep: Callable[[], str] | None = None


def answer_to(job: Job, files: Files) -> Answer:
    """Do what the job asks of these recordings, which stay where they are until it is kept.

    Raises
    ------
    EngineError, UnusableAudio, UnusableRecording, Stopped, OutputsNotWritten
    """
    if job.kind == JobKind.ARCHIVE:
        return _archived(job, files)
    asked = REQUESTS[job.kind](data={**job.options, **files})
    asked.is_valid(raise_exception=True)
    if isinstance(asked, LabelMergeRequest):
        return _named(job, asked)
    return _labelled(job, asked)


def _named(job: Job, asked: LabelMergeRequest) -> Answer:
    wanted = asked.job(library_reader=job.created_by if job.reads_library else None)
    heard = label_merge(wanted)
    shown = _rendered(heard, asked.validated_data["format"], with_vectors=job.wants_vectors)
    return _named_answer(job, wanted, heard, shown, store=asked.validated_data["store"])


def _archived(job: Job, files: Files) -> Answer:
    wanted = archive_jobs.merge_job_of(job, files)
    heard = archive_jobs.heard(job, wanted)
    shown = _rendered(heard, "json", with_vectors=False)
    return _named_answer(job, wanted, heard, shown, store=bool(job.options["store"]))


def _named_answer(
    job: Job,
    wanted: MergeJob,
    heard: NamedTranscript,
    shown: Json | str,
    *,
    store: bool,
) -> Answer:
    own = wanted.options.known_voiceprints is not None
    found = {one.name for one in heard.speakers if one.source == "voiceprint" and not own}
    keep = partial(remember, heard, wanted, created_by=job.created_by)
    return Answer(shown, _warnings(heard), _people(found), keep if store else None)


def _labelled(job: Job, asked: TranscribeWithSpeakersRequest) -> Answer:
    recording, linking = asked.validated_data["file"], asked.linking()
    if asked.validated_data["identify"]:
        heard = transcribe_with_known_speakers(recording, reader=job.created_by, linking=linking)
    else:
        heard = transcribe_with_speakers(recording, linking=linking)
    shown = render(heard, asked.validated_data["format"])
    found = {one.name for one in heard.recognised or () if one.name}
    return Answer(shown, _warnings(heard), _people(found))


def _rendered(heard: NamedTranscript, form: str, *, with_vectors: bool) -> Json | str:
    content = render(heard, form)
    return content if with_vectors or isinstance(content, str) else without_embeddings(content)


def _people(names: Iterable[str]) -> frozenset[UUID]:
    return frozenset(find_people_by_name(names).values())


def _warnings(heard: LabelledTranscript | NamedTranscript) -> Sequence[object]:
    return [{"code": one.code, "message": one.message} for one in heard.warnings]
