"""How does a recording of an archive become a job, and what does its worker do?"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile

from audio.archive.inventory import Found
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import Outputs
from audio.archive.recording_job import UnusableRecording, check_space, timeline_in, timeline_of
from audio.media.recording import Recording
from audio.merge.name_spelling import readable
from audio.merge.values import NamedTranscript
from audio.pipeline.label_merge import MergeJob, build_merge_job, label_merge
from voiceprints.jobs.submission import Order, work_of
from voiceprints.models.jobs import Job, JobKind, JobState

# What a job that has ended still knows of what was asked.
_STAYING = ("store", "out", "name", "formats")
_UNDER_WAY_OR_DONE = (JobState.QUEUED, JobState.RUNNING, JobState.DONE)


def order_of(found: Found, options: ArchiveOptions, out: Path | None, *, actor: str) -> Order:
    """What is to be done with a recording; its outputs go into `out`, if anywhere.

    Raises
    ------
    UnusableRecording, OSError
    """
    source = found.source
    asked: dict[str, object] = {"archive": options.to_json(), "store": options.store}
    if source.timeline is not None:
        timeline_in(source.timeline)
        # The same whatever encoding it has, and whether or not it says so at its start.
        asked["timeline"] = json.dumps(json.loads(source.timeline.read_bytes()))
    if out is not None:
        _check_writable(str(found.name))
        asked |= {"out": str(out), "name": str(found.name), "formats": list(options.formats)}
    return Order(
        kind=JobKind.ARCHIVE,
        recordings=[
            Recording(path, path.suffix.lower(), readable(path.name), field)
            for field, path in source.by_field().items()
        ],
        options=asked,
        created_by=actor,
        name=readable(str(found.name)),
        reads_library=True,
        audio_s=found.seconds,
    )


def is_known(order: Order) -> bool:
    """Whether just this waits, runs, or is done, and what came of it is still there."""
    asked = {key: order.options[key] for key in _STAYING if key in order.options}
    same = Job.objects.filter(
        work=work_of(order), state__in=_UNDER_WAY_OR_DONE, options__contains=asked
    )
    if order.options["store"]:
        same = same.exclude(state=JobState.DONE, transcript=None)
    return same.exists()


def stands_there(order: Order) -> str:
    """An output's name that is taken, though no job was asked for it; none, where all are free."""
    if "out" not in order.options:
        return ""
    asked = {key: order.options[key] for key in ("out", "name")}
    if Job.objects.filter(options__contains=asked).exists():
        return ""
    return next(iter(_outputs(order.options).there(str(asked["name"]))), "")


def merge_job_of(job: Job, files: Mapping[str, TemporaryUploadedFile]) -> MergeJob:
    """The work that the job of an archive asks for."""
    recordings = {
        field: Recording(
            Path(file.temporary_file_path()),
            Path(file.name or "").suffix.lower(),
            file.name or "",
            field,
        )
        for field, file in files.items()
    }
    timeline = timeline_of(str(job.options.get("timeline", "[]")))
    return build_merge_job(
        {**recordings, "timeline": timeline},
        options=options_of(job).merge,
        library_reader=job.created_by,
    )


def heard(job: Job, wanted: MergeJob) -> NamedTranscript:
    """Who said what; outputs are written where they were asked for.

    Raises
    ------
    EngineError, UnusableAudio, UnusableRecording, Stopped, OutputsNotWritten
    """
    transcript = label_merge(wanted)
    check_space(transcript, options_of(job))
    if "out" in job.options:
        _write(job, transcript)
    return transcript


class OutputsNotWritten(Exception):
    """The folder of the outputs is full, or not there."""


def options_of(job: Job) -> ArchiveOptions:
    """What was wanted of the archive."""
    return ArchiveOptions.from_json(str(job.options["archive"]))


def _outputs(options: Mapping[str, Any]) -> Outputs:
    return Outputs(Path(options["out"]), tuple(options["formats"]))


def _check_writable(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise UnusableRecording(
            "its name is not UTF-8: no worker could write under it."
        ) from error


def _write(job: Job, transcript: NamedTranscript) -> None:
    outputs = _outputs(job.options)
    try:
        outputs.write(job.options["name"], transcript)
    except OSError as error:
        raise OutputsNotWritten(f"The outputs cannot be written: {error.strerror}.") from error
