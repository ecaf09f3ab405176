"""What Prometheus is told of the jobs, though workers serve no HTTP."""

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
    """A gateway whose database is gone."""
    with running_gateway(tmp_path, DATABASE_URL=DEAD, SECRET_KEY="for-the-tests") as gateway:
        yield gateway


def told(gateway: Gateway, name: str, **labels: str) -> float:
    return scrape(gateway, **key("desk")).value(name, **labels)


def test_jobs_are_told_by_state(jobs_gateway: Gateway, placed: Job) -> None:
    assert told(jobs_gateway, "spark_jobs", state="queued") == 1
    assert told(jobs_gateway, "spark_jobs", state="running") == 0


def test_the_audio_that_waits_is_told(jobs_gateway: Gateway, placed: Job) -> None:
    Job.objects.update(audio_s=90.5)

    assert told(jobs_gateway, "spark_job_audio_seconds", state="queued") == 90.5


def test_the_age_of_the_oldest_job_that_waits_is_told(jobs_gateway: Gateway, placed: Job) -> None:
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    assert 60 <= told(jobs_gateway, "spark_job_queue_age_seconds") < 120


def test_an_empty_queue_has_no_age(jobs_gateway: Gateway) -> None:
    assert told(jobs_gateway, "spark_job_queue_age_seconds") == 0


def test_workers_are_counted_while_they_live(
    jobs_gateway: Gateway, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    assert told(jobs_gateway, "spark_job_workers") == 0

    with running_worker(tmp_path, **worker_settings):
        until(lambda: told(jobs_gateway, "spark_job_workers") == 1)


def test_a_database_that_is_gone_is_told_with_the_other_metrics(orphan: Gateway) -> None:
    found = scrape(orphan)

    assert found.value("spark_database_up") == 0
    assert "spark_requests_in_flight" in found.sampled()
    assert "spark_jobs" in found.names()


def test_a_database_that_answers_is_told(jobs_gateway: Gateway) -> None:
    assert told(jobs_gateway, "spark_database_up") == 1
