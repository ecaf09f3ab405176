"""What is the answer to a job? The same as the endpoint of its name would have given."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import TemporaryUploadedFile

from audio.api.serializers.speakers import LabelMergeRequest, TranscribeWithSpeakersRequest
from audio.formats import native_json
from audio.formats.cues import speaker_cues
from audio.formats.text import TEXT_FORMATS
from audio.merge.values import LabelledTranscript, NamedTranscript
from audio.pipeline.label_merge import MergeJob, label_merge, remember
from audio.pipeline.transcription import (
    transcribe_with_known_speakers,
    transcribe_with_speakers,
)
from voiceprints.jobs import archive_jobs
from voiceprints.models.jobs import Job, JobKind
from voiceprints.people.names import people_called

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

    result: native_json.Json | str
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
    answer = native_json.named_json(heard)
    shown = _shown(
        heard, answer if job.wants_vectors else native_json.without_embeddings(answer), asked
    )
    return _named_answer(job, wanted, heard, shown, store=asked.validated_data["store"])


def _archived(job: Job, files: Files) -> Answer:
    wanted = archive_jobs.merge_job_of(job, files)
    heard = archive_jobs.heard(job, wanted)
    shown = native_json.without_embeddings(native_json.named_json(heard))
    return _named_answer(job, wanted, heard, shown, store=bool(job.options["store"]))


def _named_answer(
    job: Job,
    wanted: MergeJob,
    heard: NamedTranscript,
    shown: native_json.Json | str,
    *,
    store: bool,
) -> Answer:
    own = wanted.known_voiceprints is not None
    found = {one.name for one in heard.speakers if one.source == "voiceprint" and not own}
    keep = partial(remember, heard, wanted, created_by=job.created_by)
    return Answer(shown, _warnings(heard), _people(found), keep if store else None)


def _labelled(job: Job, asked: TranscribeWithSpeakersRequest) -> Answer:
    recording, linking = asked.validated_data["file"], asked.linking()
    if asked.validated_data["identify"]:
        heard = transcribe_with_known_speakers(recording, reader=job.created_by, linking=linking)
    else:
        heard = transcribe_with_speakers(recording, linking=linking)
    answer = native_json.labelled_json(heard)
    found = {one.name for one in heard.recognised or () if one.name}
    return Answer(_shown(heard, answer, asked), _warnings(heard), _people(found))


def _shown(
    heard: LabelledTranscript | NamedTranscript, answer: native_json.Json, asked: Asked
) -> native_json.Json | str:
    name = asked.validated_data["format"]
    return TEXT_FORMATS[name][0](speaker_cues(heard)) if name in TEXT_FORMATS else answer


def _people(names: Iterable[str]) -> frozenset[UUID]:
    return frozenset(people_called(names).values())


def _warnings(heard: LabelledTranscript | NamedTranscript) -> Sequence[object]:
    return [{"code": one.code, "message": one.message} for one in heard.warnings]
