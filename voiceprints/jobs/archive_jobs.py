"""Jobs for the recordings of an archive: their submission, and the work of the worker."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile

from audio.archive.inventory import ArchiveRecording
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import Outputs
from audio.archive.recording_job import (
    UnusableRecording,
    check_space,
    parse_recording_timeline,
    read_timeline_file,
)
from audio.media.recording import Recording, suffix_of
from audio.merge.name_spelling import readable
from audio.merge.values import NamedTranscript
from audio.pipeline.label_merge import label_merge
from audio.pipeline.merge_job import MergeJob, build_merge_job
from audio.timelines.documents import normalise
from voiceprints.jobs.submission import Submission, work_digest
from voiceprints.models.jobs import Job, JobKind, JobState

# The options that a job keeps after it has ended.
_RETAINED_OPTIONS = ("store", "out", "name", "formats")
_SUBMITTED_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.DONE)


class OutputsNotWritten(Exception):
    """The outputs cannot be written into their folder, which is full or missing."""


def build_submission(
    recording: ArchiveRecording, options: ArchiveOptions, out: Path | None, *, actor: str
) -> Submission:
    """Build the submission for a recording; its outputs go into `out`, if given.

    Raises
    ------
    UnusableRecording, OSError
    """
    files = recording.files
    job_options: dict[str, object] = {"archive": options.to_json(), "store": options.store}
    if files.timeline is not None:
        read_timeline_file(files.timeline, format=options.merge.timeline_format)
        # Normalised: the same timeline in another encoding, or with a BOM, is the same work.
        job_options["timeline"] = normalise(files.timeline.read_bytes())
    if out is not None:
        _check_utf8(str(recording.name))
        formats = list(options.formats)
        job_options |= {"out": str(out), "name": str(recording.name), "formats": formats}
    return Submission(
        kind=JobKind.ARCHIVE,
        recordings=[
            Recording(path, suffix_of(path.name), readable(path.name), field)
            for field, path in files.by_field().items()
        ],
        options=job_options,
        created_by=actor,
        name=readable(str(recording.name)),
        reads_library=True,
        audio_s=recording.seconds,
    )


def is_submitted(submission: Submission) -> bool:
    """Return whether the same job is queued, running, or done with its transcript stored."""
    retained = {
        key: submission.options[key] for key in _RETAINED_OPTIONS if key in submission.options
    }
    same = Job.objects.filter(
        work=work_digest(submission),
        state__in=_SUBMITTED_STATES,
        options__contains=retained,
    )
    if submission.options["store"]:
        same = same.exclude(state=JobState.DONE, transcript=None)
    return same.exists()


def find_foreign_output(submission: Submission) -> str:
    """Return the name of an existing output that no job was to write, or an empty string."""
    if "out" not in submission.options:
        return ""
    target = {key: submission.options[key] for key in ("out", "name")}
    if Job.objects.filter(options__contains=target).exists():
        return ""
    return next(iter(_outputs(submission.options).existing(str(target["name"]))), "")


def build_archive_merge_job(job: Job, files: Mapping[str, TemporaryUploadedFile]) -> MergeJob:
    """Build the label-merge job for the recordings of an archive job."""
    recordings = {
        field: Recording(
            Path(file.temporary_file_path()),
            suffix_of(file.name or ""),
            file.name or "",
            field,
        )
        for field, file in files.items()
    }
    options = _archive_options(job).merge
    timeline = parse_recording_timeline(
        str(job.options.get("timeline", "[]")), format=options.timeline_format
    )
    return build_merge_job(
        {**recordings, "timeline": timeline},
        options=options,
        library_reader=job.created_by,
        needs_library=True,
    )


def label_archive_recording(job: Job, merge_job: MergeJob) -> NamedTranscript:
    """Return the named transcript of a recording.

    Raises
    ------
    EngineError, UnusableAudio, UnusableRecording, Stopped
    """
    transcript = label_merge(merge_job)
    check_space(transcript, _archive_options(job))
    return transcript


def write_outputs(job: Job, transcript: NamedTranscript) -> None:
    """Write the outputs into their folder, under the name that the job has now.

    Raises
    ------
    OutputsNotWritten
    """
    try:
        _outputs(job.options).write(job.options["name"], transcript)
    except OSError as error:
        raise OutputsNotWritten(f"The outputs cannot be written: {error.strerror}.") from error


def _archive_options(job: Job) -> ArchiveOptions:
    return ArchiveOptions.from_json(str(job.options["archive"]))


def _outputs(options: Mapping[str, Any]) -> Outputs:
    return Outputs(Path(options["out"]), tuple(options["formats"]))


def _check_utf8(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise UnusableRecording(
            "its name is not UTF-8, and no worker could write outputs under it; rename it."
        ) from error
