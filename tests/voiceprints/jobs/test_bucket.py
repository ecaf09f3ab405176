"""Jobs with a bucket as storage: gateway and workers share only the queue and the bucket."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from audio.media.recording import Recording
from tests.bucket_server import KEYS, BucketOfTests
from tests.engine_answers import MEETING_TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import running_gateway
from tests.recordings import TONE
from tests.voiceprints.api.calls import call
from tests.voiceprints.conftest import API_KEYS, database_url, use
from tests.voiceprints.jobs.test_execution import TRANSCRIBE, after, error_of, go_on
from tests.voiceprints.jobs.workers import running_worker
from tests.waiting import until
from voiceprints.erasure.retention import purge_expired
from voiceprints.jobs.execution import run_job
from voiceprints.jobs.retry_policy import RetryLater
from voiceprints.jobs.submission import Submission, submit_job
from voiceprints.models import Job, JobRecording
from voiceprints.models.jobs import JobKind, JobState

BLOCKS = {"kind": "transcribe-with-speakers"}
FILE = {"file": ("talk.wav", TONE)}
# No service listens at port 9.
NOWHERE = BucketOfTests("recordings-of-ours", "http://127.0.0.1:9")
SECRETS = (NOWHERE.name, NOWHERE.url, *KEYS.values())


def machine(folder: Path, engine: FaultServer, bucket: BucketOfTests) -> dict[str, str]:
    """Return the settings of a separate machine."""
    (folder / "uploads").mkdir(parents=True)
    return {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": "for-the-tests",
        "API_KEYS": API_KEYS,
        "PARAKEET_URL": engine.url,
        "UPLOADS_DIR": str(folder / "uploads"),
        "SAMPLES_DIR": str(folder / "samples"),
        **bucket.settings,
    }


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".log"]


def submitted(tone: Recording) -> Job:
    return submit_job(Submission(kind=JobKind.TRANSCRIBE, recordings=[tone], created_by="desk"))


def test_a_job_is_done_by_a_worker_that_shares_no_folder_with_the_gateway(
    queue: FaultServer, bucket: BucketOfTests, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    settings = machine(here, queue, bucket)
    with running_gateway(here, **settings) as gateway:
        job = call(gateway, "POST", "jobs", data=BLOCKS, files=FILE).json()["id"]
        waiting = bucket.contents()
        with running_worker(tmp_path, **machine(there, queue, bucket)):
            until(lambda: Job.objects.filter(state=JobState.DONE).exists())
            until(lambda: not bucket.contents())
        shown = call(gateway, "GET", f"jobs/{job}").json()

    assert waiting == {f"jobs/{job}-file.wav": TONE}
    assert "Good morning." in str(shown["result"])
    assert files_below(here) + files_below(there) == []


def test_a_recording_of_an_archive_waits_in_the_bucket(
    queue: FaultServer, bucket_in_use: BucketOfTests, tone: Recording
) -> None:
    call_command("enqueue", str(tone.path), "--store")
    waiting = bucket_in_use.contents()
    run_job(Job.objects.get().id, go_on)

    assert list(waiting.values()) == [TONE]
    assert Job.objects.get().transcript is not None
    assert bucket_in_use.contents() == {}


def test_a_prefix_is_what_all_names_begin_with(
    queue: FaultServer, bucket: BucketOfTests, tone: Recording, settings: Settings
) -> None:
    use(bucket, settings)
    settings.STORAGES["default"]["OPTIONS"]["location"] = "speech/ours"
    job = submitted(tone)
    waiting = bucket.contents()
    run_job(job.id, go_on)

    assert waiting == {f"speech/ours/jobs/{job.id}-file.wav": TONE}
    assert bucket.contents() == {}


def test_a_job_is_refused_where_the_bucket_cannot_be_reached(
    queue: FaultServer, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, **machine(tmp_path / "a", queue, NOWHERE)) as gateway:
        refused = call(gateway, "POST", "jobs", data=BLOCKS, files=FILE)
        shown = refused.text + gateway.log.read_text()

    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "storage_unavailable"
    assert "EndpointConnectionError" in shown
    assert [secret for secret in SECRETS if secret in shown] == []
    assert not Job.objects.exists()


def test_errors_name_neither_the_bucket_nor_its_host_nor_a_key(
    queue: FaultServer, tone: Recording, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    use(NOWHERE, settings)
    with pytest.raises(CommandError):
        call_command("enqueue", str(tone.path), "--store")

    assert "EndpointConnectionError" in caplog.text
    assert [secret for secret in SECRETS if secret in caplog.text] == []


def test_a_missing_bucket_is_reported_by_the_kind_of_failure(
    queue: FaultServer,
    bucket: BucketOfTests,
    tone: Recording,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    use(BucketOfTests("another-bucket", bucket.url), settings)
    with pytest.raises(CommandError):
        call_command("enqueue", str(tone.path), "--store")

    assert "the storage of recordings failed: NoSuchBucket" in caplog.text
    assert "another-bucket" not in caplog.text


def test_a_worker_that_cannot_reach_the_bucket_tries_again(
    queue: FaultServer, bucket_in_use: BucketOfTests, tone: Recording, settings: Settings
) -> None:
    job = submitted(tone)
    use(NOWHERE, settings)
    with pytest.raises(RetryLater):
        run_job(job.id, go_on)
    use(bucket_in_use, settings)
    run_job(job.id, go_on)

    assert Job.objects.get().state == JobState.DONE


def test_a_bucket_that_stays_away_fails_the_job_in_the_end(
    queue: FaultServer, bucket_in_use: BucketOfTests, tone: Recording, settings: Settings
) -> None:
    job, settings.JOB_ATTEMPTS = submitted(tone), 1
    use(NOWHERE, settings)
    run_job(job.id, go_on)

    assert error_of(job)["code"] == "storage_unavailable"


def test_a_recording_that_is_gone_from_the_bucket_fails_its_job_after_all_attempts(
    queue: FaultServer, bucket_in_use: BucketOfTests, tone: Recording, settings: Settings
) -> None:
    settings.JOB_ATTEMPTS = 1
    job = submitted(tone)
    JobRecording.objects.update(file="jobs/elsewhere.wav")
    run_job(job.id, go_on)

    assert error_of(job)["code"] == "recording_away"


def test_a_job_is_done_though_its_recording_cannot_be_deleted_and_a_purge_deletes_it(
    queue: FaultServer, bucket_in_use: BucketOfTests, tone: Recording, settings: Settings
) -> None:
    job, later = submitted(tone), timezone.now() + timedelta(hours=2)
    queue.respond(TRANSCRIBE, after(lambda: use(NOWHERE, settings), MEETING_TRANSCRIPTION))
    run_job(job.id, go_on)
    left = bucket_in_use.contents()
    use(bucket_in_use, settings)
    purge_expired(later)

    assert Job.objects.get().state == JobState.DONE
    assert list(left) == [f"jobs/{job.id}-file.wav"]
    assert bucket_in_use.contents() == {}


def test_a_recording_that_waits_stays_in_the_bucket(
    queue: FaultServer, bucket_in_use: BucketOfTests, tone: Recording
) -> None:
    submitted(tone)
    purge_expired(timezone.now() + timedelta(days=30))

    assert list(bucket_in_use.contents().values()) == [TONE]


def test_a_purge_says_when_the_bucket_cannot_be_reached(
    queue: FaultServer, settings: Settings
) -> None:
    use(NOWHERE, settings)

    with pytest.raises(CommandError, match="storage of recordings"):
        call_command("purge_expired")


def test_a_long_recording_comes_through_whole(
    queue: FaultServer, bucket_in_use: BucketOfTests, tmp_path: Path
) -> None:
    long = tmp_path / "long.wav"
    long.write_bytes(bytes(range(256)) * 80_000)
    submitted(Recording(long, ".wav", "long.wav", "file"))

    with JobRecording.objects.get().file.open("rb") as stored:
        assert stored.read() == long.read_bytes()
