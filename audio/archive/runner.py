"""The run of an archive: process the missing recordings, a few at a time.

One thread decides what to do and writes the ledger; the others process one recording each, from
the first engine call to the last output. What the ledger notes as done is done, whatever ends the
run.
"""

import errno
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial

from django.db import connections

from audio.archive.archive_progress import (
    ProgressListener,
    RecordingResult,
    RecordingWatcher,
    StopRequest,
)
from audio.archive.file_check import describe_os_error
from audio.archive.inventory import ArchiveRecording, Inventory
from audio.archive.ledger import Entry
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import AlteredOutput
from audio.archive.plan import Archive
from audio.archive.recording_job import (
    RecordingFiles,
    UnusableRecording,
    label_recording,
    recording_key,
    store_in_library,
)
from audio.engines.failures import EngineError
from audio.library import LibraryUnavailable
from audio.media.decoding import DecodingUnavailable, UnusableAudio
from audio.media.temporary_files import NoRoom
from audio.pipeline.job_progress import Stopped

logger = logging.getLogger(__name__)
_EXPECTED = (
    EngineError,
    UnusableAudio,
    DecodingUnavailable,
    NoRoom,
    UnusableRecording,
    LibraryUnavailable,
    AlteredOutput,
)
# After these errors no other output could be written either.
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How an archive is run: with which options, for which actor, how many at the same time."""

    options: ArchiveOptions
    archive: Archive
    actor: str
    jobs: int = 2


@dataclass(frozen=True, slots=True)
class _Job:
    recording: ArchiveRecording
    key: str
    began: float


def run_archive(
    inventory: Inventory, options: RunOptions, listener: ProgressListener, stop: StopRequest
) -> list[RecordingResult]:
    """Return the results of the recordings; those that a stop request left are missing."""
    with ThreadPoolExecutor(options.jobs) as pool:
        return _Run(options, listener, stop, pool).process(inventory)


class _Run:
    def __init__(
        self,
        options: RunOptions,
        listener: ProgressListener,
        stop: StopRequest,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._options, self._archive, self._pool = options, options.archive, pool
        self._listener, self._stop = listener, stop
        self._results: list[RecordingResult] = []
        self._under_way: dict[Future[Entry], _Job] = {}
        # Identical recordings wait for the first of them, and are copied from it.
        self._waiting: dict[str, list[ArchiveRecording]] = defaultdict(list)

    def process(self, inventory: Inventory) -> list[RecordingResult]:
        for file in inventory.unusable:
            self._fail(str(file.name), file.reason, None)
        for recording in inventory.recordings:
            if self._stop.is_requested():
                break
            self._take(recording)
            self._wait_until(self._options.jobs - 1)
        self._wait_until(0)
        return self._results

    def _take(self, recording: ArchiveRecording) -> None:
        name = str(recording.name)
        try:
            key = recording_key(recording.files, self._options.options)
            state = self._archive.output_state(name, key)
            if state == "complete":
                seconds = recording.seconds or 0.0
                self._end(RecordingResult(name=name, status="there", audio_s=seconds), recording)
                return
            self._archive.reserve(name, key)
            if state == "copyable":
                self._copy(recording, key)
            else:
                self._begin(recording, key)
        except (OSError, AlteredOutput) as error:
            self._refuse(recording, error)

    def _begin(self, recording: ArchiveRecording, key: str) -> None:
        if any(job.key == key for job in self._under_way.values()):
            self._waiting[key].append(recording)
            return
        self._listener.started(recording)
        job = _Job(recording, key, time.monotonic())
        watcher = RecordingWatcher(recording, self._listener, self._stop)
        # The thread goes on in the context of the run.
        process = partial(copy_context().run, _process, job, self._options, watcher)
        self._under_way[self._pool.submit(process)] = job

    def _wait_until(self, at_most: int) -> None:
        """Wait until at most `at_most` recordings are under way."""
        while len(self._under_way) > at_most:
            ended, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            for future in ended:
                self._finish(future, self._under_way.pop(future))

    def _finish(self, future: Future[Entry], job: _Job) -> None:
        try:
            entry = future.result()
            self._archive.ledger.add(entry)
            self._end(_result(entry, job), job.recording)
        except Stopped:
            self._listener.stopped(job.recording)
        except Exception as error:  # of one recording; `_reason` logs an unexpected one
            self._refuse(job.recording, error)
        for identical in self._waiting.pop(job.key, []):
            if not self._stop.is_requested():
                self._take(identical)

    def _copy(self, recording: ArchiveRecording, key: str) -> None:
        name, identical = str(recording.name), self._archive.find_identical(key)
        assert identical is not None  # noqa: S101 — its state is "copyable"
        self._archive.outputs.copy(identical.name, name)
        is_own = identical.name == name
        if not is_own:
            self._archive.ledger.add(replace(identical, name=name, busy_s=0.0))
        reason = "of its own json" if is_own else f"of {identical.name}"
        audio_s = identical.audio_s
        self._end(
            RecordingResult(name=name, status="copied", audio_s=audio_s, reason=reason), recording
        )

    def _refuse(self, recording: ArchiveRecording, error: Exception) -> None:
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            self._stop.request(describe_os_error(error))
        self._fail(str(recording.name), _reason(recording.files, error), recording)

    def _fail(self, name: str, reason: str, recording: ArchiveRecording | None) -> None:
        try:
            self._archive.ledger.add(Entry(name=name, reason=reason))
        except OSError as error:
            self._stop.request(describe_os_error(error))
        self._end(RecordingResult(name=name, status="failed", reason=reason), recording)

    def _end(self, result: RecordingResult, recording: ArchiveRecording | None) -> None:
        self._results.append(result)
        self._listener.ended(result, recording)


def _process(job: _Job, run: RunOptions, watcher: RecordingWatcher) -> Entry:
    """Process one recording and write its outputs."""
    name, files, options = str(job.recording.name), job.recording.files, run.options
    transcript_id = ""
    try:
        transcript = label_recording(files, options, watcher, actor=run.actor)
        run.archive.outputs.write(name, transcript)
        # Measured before the library stores the transcript, which takes no engine.
        busy_s = (time.monotonic() - job.began) / run.jobs
        if options.store:
            transcript_id = store_in_library(transcript, files, options, actor=run.actor)
        return Entry(
            name=name,
            key=job.key,
            audio_s=transcript.duration,
            busy_s=busy_s,
            transcript_id=transcript_id,
            warnings=tuple(f"{one.code}: {one.message}" for one in transcript.warnings),
        )
    finally:
        connections.close_all()


def _result(entry: Entry, job: _Job) -> RecordingResult:
    return RecordingResult(
        name=entry.name,
        status="done",
        audio_s=entry.audio_s,
        took_s=time.monotonic() - job.began,
        warnings=entry.warnings,
    )


def _reason(files: RecordingFiles, error: Exception) -> str:
    if isinstance(error, _EXPECTED):
        return str(error)
    missing: Iterable[str] = (path.name for path in files.tracks if not path.exists())
    if isinstance(error, OSError):
        name = next(iter(missing), None)
        return describe_os_error(error) if name is None else f"{name}: it does not exist any more."
    logger.error("unexpected %s", type(error).__name__, exc_info=error)
    return f"an unexpected {type(error).__name__}; the log on standard error says more."
