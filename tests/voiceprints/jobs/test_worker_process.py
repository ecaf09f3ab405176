"""Tests of workers whose database goes away: they reconnect, and every job ends once."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio.media.recording import Recording
from tests.engine_answers import MEETING_TRANSCRIPTION
from tests.faults import Answer, Asked, FaultServer
from tests.voiceprints.database_relay import DatabaseRelay, running_relay
from tests.voiceprints.jobs.workers import Process, running_worker
from tests.waiting import PATIENCE_S, until
from voiceprints.jobs.queue import count_live_workers
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.models import Job, Transcript
from voiceprints.models.jobs import JobKind, JobState

TRANSCRIBE = "/v1/audio/transcriptions"
UNREACHABLE = "postgres://user:secret@127.0.0.1:1/ledger"


@pytest.fixture
def relay(queue: FaultServer) -> Iterator[DatabaseRelay]:
    with running_relay() as relay:
        yield relay


@pytest.fixture
def worker(
    relay: DatabaseRelay, worker_settings: dict[str, str], tmp_path: Path
) -> Iterator[Process]:
    """A worker that has found its database, behind the relay."""
    with running_worker(tmp_path, **worker_settings, DATABASE_URL=relay.url) as worker:
        until(lambda: count_live_workers() == 1)
        yield worker


def submit(tone: Recording) -> Job:
    return submit_job(
        Submission(
            kind=JobKind.LABEL_MERGE,
            recordings=[tone],
            options={"timeline": "[]", "transcribe": "true", "store": "true"},
            created_by="desk",
            reads_library=True,
        )
    )


def has_ended(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == JobState.DONE


def test_a_worker_goes_on_when_its_database_returns(
    worker: Process, relay: DatabaseRelay, tone: Recording
) -> None:
    before = submit(tone)
    until(lambda: has_ended(before))
    relay.cut()
    after = submit(tone)
    relay.restore()
    until(lambda: has_ended(after))

    assert worker.poll() is None


def test_a_job_that_was_running_ends_once(
    worker: Process, relay: DatabaseRelay, queue: FaultServer, tone: Recording
) -> None:
    def cut_and_answer(_asked: Asked) -> Answer:
        queue.answer(TRANSCRIBE, MEETING_TRANSCRIPTION)
        relay.cut()
        return Answer(pieces=(json.dumps(MEETING_TRANSCRIPTION).encode(),))

    queue.respond(TRANSCRIBE, cut_and_answer)
    job = submit(tone)
    until(lambda: any(asked.path == TRANSCRIBE for asked in queue.asked))
    relay.restore()
    until(lambda: has_ended(job))

    assert Transcript.objects.count() == 1
    assert worker.poll() is None


def test_a_worker_without_its_database_can_be_stopped(
    worker: Process, relay: DatabaseRelay
) -> None:
    relay.cut()
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE_S) == 0


def test_the_log_of_a_worker_has_neither_a_traceback_nor_the_address(
    worker: Process, relay: DatabaseRelay, tone: Recording, tmp_path: Path
) -> None:
    relay.cut()
    job = submit(tone)
    relay.restore()
    until(lambda: has_ended(job))

    log = (tmp_path / "worker.log").read_text()
    assert "Traceback" not in log
    assert str(relay.port) not in log


def test_a_worker_that_never_reached_its_database_ends_with_one_line(
    worker_settings: dict[str, str], tmp_path: Path
) -> None:
    with running_worker(tmp_path, **worker_settings, DATABASE_URL=UNREACHABLE) as worker:
        status = worker.wait(PATIENCE_S)

    [line] = (tmp_path / "worker.log").read_text().splitlines()
    assert status == 1
    assert line.startswith("The database in DATABASE_URL cannot be reached")
