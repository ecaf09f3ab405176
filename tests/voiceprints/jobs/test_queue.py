"""Tasks and jobs of dead workers are requeued."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from voiceprints.jobs.execution import claim_job
from voiceprints.jobs.queue import (
    count_live_workers,
    requeue_jobs_without_task,
    requeue_tasks_of_dead_workers,
)
from voiceprints.models import Job


def a_worker_begins(*, silent_s: float) -> None:
    """Assign the queued task to a worker whose last heartbeat was `silent_s` seconds ago."""
    heard_of = timezone.now() - timedelta(seconds=silent_s)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH worker AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) "
            "RETURNING id) UPDATE procrastinate_jobs SET status = 'doing', worker_id = worker.id "
            "FROM worker",
            [heard_of],
        )


def test_the_task_of_a_silent_worker_is_requeued(submitted: Job) -> None:
    a_worker_begins(silent_s=31)

    assert requeue_tasks_of_dead_workers() == 1
    assert ProcrastinateJob.objects.get().status == "todo"


def test_the_task_of_a_living_worker_is_left_alone(submitted: Job) -> None:
    a_worker_begins(silent_s=5)

    assert requeue_tasks_of_dead_workers() == 0
    assert count_live_workers() == 1


def test_a_running_job_without_a_task_is_requeued(submitted: Job) -> None:
    claim_job(submitted.id)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    assert requeue_jobs_without_task() == 1
    assert ProcrastinateJob.objects.get().args == {"job": str(submitted.id)}


def test_a_job_that_runs_with_its_task_is_left_alone(submitted: Job) -> None:
    claim_job(submitted.id)
    a_worker_begins(silent_s=5)

    assert requeue_jobs_without_task() == 0
