"""The metrics of jobs that the web process exports."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.gateway_process import Gateway, running_gateway
from tests.scraping import scrape
from tests.voiceprints.conftest import key
from tests.voiceprints.jobs.workers import running_worker
from tests.waiting import until
from voiceprints.models import Job

DEAD = "postgres://nobody:secret@127.0.0.1:1/ledger"


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[Gateway]:
    """Return a gateway whose database is unreachable."""
    with running_gateway(tmp_path, DATABASE_URL=DEAD, SECRET_KEY="for-the-tests") as gateway:
        yield gateway


def shown(gateway: Gateway, name: str, **labels: str) -> float:
    return scrape(gateway, **key("desk")).value(name, **labels)


def test_jobs_are_counted_by_state(jobs_gateway: Gateway, submitted: Job) -> None:
    assert shown(jobs_gateway, "spark_jobs", state="queued") == 1
    assert shown(jobs_gateway, "spark_jobs", state="running") == 0


def test_queued_audio_is_counted(jobs_gateway: Gateway, submitted: Job) -> None:
    Job.objects.update(audio_s=90.5)

    assert shown(jobs_gateway, "spark_job_audio_seconds", state="queued") == 90.5


def test_the_age_of_the_oldest_queued_job_is_measured(
    jobs_gateway: Gateway, submitted: Job
) -> None:
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    assert 60 <= shown(jobs_gateway, "spark_job_queue_age_seconds") < 120


def test_an_empty_queue_has_no_age(jobs_gateway: Gateway) -> None:
    assert shown(jobs_gateway, "spark_job_queue_age_seconds") == 0


def test_workers_are_counted_while_they_live(
    jobs_gateway: Gateway, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    assert shown(jobs_gateway, "spark_job_workers") == 0

    with running_worker(tmp_path, **worker_settings):
        until(lambda: shown(jobs_gateway, "spark_job_workers") == 1)


def test_an_unreachable_database_is_reported_with_the_other_metrics(orphan: Gateway) -> None:
    found = scrape(orphan)

    assert found.value("spark_database_up") == 0
    assert "spark_requests_in_flight" in found.sampled()
    assert "spark_jobs" in found.names()


def test_a_reachable_database_is_reported(jobs_gateway: Gateway) -> None:
    assert shown(jobs_gateway, "spark_database_up") == 1
