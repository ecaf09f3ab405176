"""Workers as processes: every job ends once, even if workers die or engines are away."""

import json
import signal
import threading
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

from audio.media.recording import Recording
from tests.engine_answers import MEETING_TRANSCRIPTION
from tests.faults import Answer, Asked, FaultServer
from tests.recordings import wav
from tests.voiceprints.jobs.workers import running_worker
from tests.waiting import until
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.models import Job, Transcript
from voiceprints.models.jobs import JobKind, JobState

TRANSCRIBE = "/v1/audio/transcriptions"
RECORDINGS = 20
STORED = {"timeline": "[]", "transcribe": "true", "store": "true"}


def recording(folder: Path, number: int) -> Recording:
    """Return a recording that begins with its own number."""
    path = folder / f"talk-{number}.wav"
    path.write_bytes(wav(np.array([1000 + number] + [0] * 1600, dtype=np.int16)))
    return Recording(path, ".wav", path.name, "file")


def number_of(asked: Asked) -> int:
    start = asked.body.index(b"data", asked.body.index(b"RIFF")) + 8
    return int.from_bytes(asked.body[start : start + 2], "little") - 1000


def submitted(folder: Path, number: int) -> Job:
    return submit_job(
        Submission(
            kind=JobKind.LABEL_MERGE,
            recordings=[recording(folder, number)],
            options=STORED,
            created_by="desk",
        )
    )


def transcriptions(queue: FaultServer) -> Counter[int]:
    """Return how often each recording was transcribed."""
    return Counter(number_of(one) for one in queue.asked if one.path == TRANSCRIBE)


def respond_except_to_the_seventh(
    queue: FaultServer, released: threading.Event, _asked: Asked
) -> Answer:
    """Respond immediately, except to the seventh request, which waits."""
    if transcriptions(queue).total() == 7:
        released.wait(60)
    return Answer(pieces=(json.dumps(MEETING_TRANSCRIPTION).encode(),))


def count(state: JobState) -> int:
    return Job.objects.filter(state=state).count()


def test_a_worker_killed_among_twenty_recordings_loses_none_and_none_is_done_twice(
    queue: FaultServer, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    killed = threading.Event()
    queue.respond(TRANSCRIBE, partial(respond_except_to_the_seventh, queue, killed))
    jobs = [submitted(tmp_path, number) for number in range(RECORDINGS)]
    with running_worker(tmp_path, **worker_settings) as worker:
        until(lambda: transcriptions(queue).total() == 7)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    killed.set()
    interrupted = Job.objects.filter(state=JobState.RUNNING).values_list("id", flat=True)
    [number] = [number for number, job in enumerate(jobs) if job.id in set(interrupted)]
    with running_worker(tmp_path, **worker_settings):
        until(lambda: count(JobState.DONE) == RECORDINGS)

    assert transcriptions(queue) == Counter({**dict.fromkeys(range(RECORDINGS), 1), number: 2})
    assert Counter(Transcript.objects.values_list("sha256", flat=True)) == Counter(
        job.sha256 for job in jobs
    )


def test_two_workers_do_each_recording_once(
    queue: FaultServer, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    for number in range(8):
        submitted(tmp_path, number)
    with running_worker(tmp_path, **worker_settings), running_worker(tmp_path, **worker_settings):
        until(lambda: count(JobState.DONE) == 8)

    assert transcriptions(queue) == Counter(range(8))


def test_the_same_work_never_runs_twice_at_the_same_time(
    queue: FaultServer, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    at_once, most = threading.Semaphore(1), []

    def respond(asked: Asked) -> Answer:
        alone = at_once.acquire(timeout=0.2)
        most.append(alone)
        threading.Event().wait(0.5)
        at_once.release()
        return Answer(pieces=(json.dumps(MEETING_TRANSCRIPTION).encode(),))

    queue.respond(TRANSCRIBE, respond)
    submitted(tmp_path, 1), submitted(tmp_path, 1)
    with running_worker(tmp_path, "--concurrency", "2", **worker_settings):
        until(lambda: count(JobState.DONE) == 2)

    assert most == [True, True]


def test_a_poisoned_recording_fails_with_its_reason_and_blocks_no_other(
    queue: FaultServer, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    refusal = Answer(400, (b'{"detail": "The file could not be decoded."}',))
    good = Answer(pieces=(json.dumps(MEETING_TRANSCRIPTION).encode(),))
    queue.respond(TRANSCRIBE, lambda asked: refusal if number_of(asked) == 0 else good)
    poisoned, fine = submitted(tmp_path, 0), submitted(tmp_path, 1)
    with running_worker(tmp_path, **worker_settings):
        until(lambda: count(JobState.DONE) == 1 and count(JobState.FAILED) == 1)
    poisoned.refresh_from_db()

    assert poisoned.error is not None
    assert "could not be decoded" in poisoned.error["message"]
    assert transcriptions(queue) == Counter({0: 1, 1: 1})
    assert Transcript.objects.get().sha256 == fine.sha256


def test_a_recording_that_kills_its_workers_is_given_up(
    queue: FaultServer, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    queue.answer(TRANSCRIBE, MEETING_TRANSCRIPTION, after_s=60.0)
    job = submitted(tmp_path, 0)
    settings = {**worker_settings, "JOB_ATTEMPTS": "1"}
    with running_worker(tmp_path, **settings) as worker:
        until(lambda: count(JobState.RUNNING) == 1)
        worker.kill()
        worker.wait()
    with running_worker(tmp_path, **settings):
        until(lambda: count(JobState.FAILED) == 1)
    job.refresh_from_db()

    assert job.error is not None
    assert job.error["code"] == "job_abandoned"
