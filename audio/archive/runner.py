"""Doing what is missing, a few recordings at a time.

One thread decides and keeps the ledger; others do a recording each, from the first engine call to
the last output. What is written in the ledger is done, whatever happens next.
"""

import errno
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from django.db import connections

from audio.archive.file_check import reason_of
from audio.archive.follower import Follower, FoundWatch, Outcome, Stop
from audio.archive.inventory import Finds, Found
from audio.archive.ledger import Entry
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import AlteredOutput
from audio.archive.plan import Archive
from audio.archive.recording_job import Source, UnusableRecording, do, keep, key_of
from audio.engines.failures import EngineError
from audio.media.decoding import DecodingUnavailable, UnusableAudio
from audio.media.temporary_files import NoRoom
from audio.pipeline.job_progress import Stopped

logger = logging.getLogger(__name__)
_FORESEEN = (
    EngineError,
    UnusableAudio,
    DecodingUnavailable,
    NoRoom,
    UnusableRecording,
    AlteredOutput,
)
# After these nothing more could be written either.
_NO_MORE_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclass(frozen=True, slots=True)
class Work:
    """How recordings are done: by which options, how many at a time, on whose behalf."""

    options: ArchiveOptions
    archive: Archive
    actor: str
    jobs: int = 2


@dataclass(frozen=True, slots=True)
class _Job:
    found: Found
    key: str
    began: float


def run(finds: Finds, work: Work, follower: Follower, stop: Stop) -> list[Outcome]:
    """What became of each recording; those not begun when a stop was asked for are missing."""
    with ThreadPoolExecutor(work.jobs) as pool:
        return _Run(work, follower, stop, pool).all(finds)


class _Run:
    def __init__(
        self, work: Work, follower: Follower, stop: Stop, pool: ThreadPoolExecutor
    ) -> None:
        self._work, self._follower, self._stop, self._pool = work, follower, stop, pool
        self._outcomes: list[Outcome] = []
        self._under_way: dict[Future[Entry], _Job] = {}
        # Of several that are the same one is done, and the others wait for it.
        self._waiting: dict[str, list[Found]] = defaultdict(list)

    def all(self, finds: Finds) -> list[Outcome]:
        for unfit in finds.unfit:
            self._fail(str(unfit.name), unfit.reason, None)
        for found in finds.recordings:
            if self._stop.is_asked():
                break
            self._take(found)
            self._await(self._work.jobs - 1)
        self._await(0)
        return self._outcomes

    def _take(self, found: Found) -> None:
        name = str(found.name)
        try:
            key = key_of(found.source, self._work.options)
            standing = self._work.archive.standing(name, key)
            if standing == "there":
                self._end(Outcome(name=name, how="there", audio_s=found.seconds or 0.0), found)
                return
            self._work.archive.claim(name, key)
            if standing == "alike":
                self._copy(found, key)
            else:
                self._begin(found, key)
        except (OSError, AlteredOutput) as error:
            self._refuse(found, error)

    def _begin(self, found: Found, key: str) -> None:
        if any(job.key == key for job in self._under_way.values()):
            self._waiting[key].append(found)
            return
        self._follower.begins(found)
        job = _Job(found, key, time.monotonic())
        watch = FoundWatch(found, self._follower, self._stop)
        self._under_way[self._pool.submit(_done, job, self._work, watch)] = job

    def _await(self, at_most: int) -> None:
        """Wait until no more than so many are under way."""
        while len(self._under_way) > at_most:
            ended, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            for future in ended:
                self._finish(future, self._under_way.pop(future))

    def _finish(self, future: Future[Entry], job: _Job) -> None:
        try:
            entry = future.result()
            self._work.archive.ledger.add(entry)
            self._end(_outcome(entry, job), job.found)
        except Stopped:
            self._follower.stops(job.found)
        except Exception as error:  # of one among many; `_reason` logs what nobody foresaw
            self._refuse(job.found, error)
        for alike in self._waiting.pop(job.key, []):
            if not self._stop.is_asked():
                self._take(alike)

    def _copy(self, found: Found, key: str) -> None:
        name, like = str(found.name), self._work.archive.alike(key)
        assert like is not None  # noqa: S101 — it stands so
        self._work.archive.outputs.make(like.name, name)
        made_of = f"of {like.name}" if like.name != name else "of its own json"
        if like.name != name:
            self._work.archive.ledger.add(replace(like, name=name, busy_s=0.0))
        self._end(Outcome(name=name, how="copied", audio_s=like.audio_s, reason=made_of), found)

    def _refuse(self, found: Found, error: Exception) -> None:
        if isinstance(error, OSError) and error.errno in _NO_MORE_ROOM:
            self._stop.now(reason_of(error))
        self._fail(str(found.name), _reason(found.source, error), found)

    def _fail(self, name: str, reason: str, found: Found | None) -> None:
        try:
            self._work.archive.ledger.add(Entry(name=name, reason=reason))
        except OSError as error:
            self._stop.now(reason_of(error))
        self._end(Outcome(name=name, how="failed", reason=reason), found)

    def _end(self, outcome: Outcome, found: Found | None) -> None:
        self._outcomes.append(outcome)
        self._follower.ends(outcome, found)


def _done(job: _Job, work: Work, watch: FoundWatch) -> Entry:
    """Do one recording and write its outputs."""
    name, source = str(job.found.name), job.found.source
    try:
        transcript = do(source, work.options, watch, actor=work.actor)
        work.archive.outputs.write(name, transcript)
        kept = work.options.store
        return Entry(
            name=name,
            key=job.key,
            audio_s=transcript.duration,
            busy_s=(time.monotonic() - job.began) / work.jobs,
            transcript_id=keep(transcript, source, work.options, actor=work.actor) if kept else "",
            warnings=tuple(f"{one.code}: {one.message}" for one in transcript.warnings),
        )
    finally:
        connections.close_all()


def _outcome(entry: Entry, job: _Job) -> Outcome:
    return Outcome(
        name=entry.name,
        how="done",
        audio_s=entry.audio_s,
        took_s=time.monotonic() - job.began,
        warnings=entry.warnings,
    )


def _reason(source: Source, error: Exception) -> str:
    if isinstance(error, _FORESEEN):
        return str(error)
    gone: Iterable[str] = (path.name for path in source.tracks if not path.exists())
    if isinstance(error, OSError):
        missing = next(iter(gone), None)
        return reason_of(error) if missing is None else f"{missing}: it is not there any more."
    logger.error("unexpected %s", type(error).__name__, exc_info=error)
    return f"an unexpected {type(error).__name__}; the log on standard error says more."
