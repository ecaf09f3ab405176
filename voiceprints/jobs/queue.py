"""The queue of tasks in the database: adding tasks, and recovering those of dead workers."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from voiceprints.models.jobs import Job, JobState

# The names are stored in the database with each queued task.
RUN_JOB, DELIVER_WEBHOOK = "voiceprints.work", "voiceprints.call"
RECOVER_LOST = "voiceprints.recover"
# A webhook must not wait for all jobs that were queued before its own job ended.
_PRIORITIES = {DELIVER_WEBHOOK: 5}


def add_task(task: str, job: object, *, lock: str | None = None) -> None:
    """Queue a task for a worker when the current transaction commits.

    In a worker Procrastinate's default connector has connections of its own, outside Django's
    transaction; so Django's connector is named here.
    """
    manager = JobManager(DjangoConnector())
    priority = _PRIORITIES.get(task, 0)
    configured = configure_task(name=task, job_manager=manager, lock=lock, priority=priority)
    configured.defer(job=str(job))


def requeue_tasks_of_dead_workers() -> int:
    """Requeue the tasks of workers without a heartbeat, and return how many there were."""
    silent_since = timezone.now() - timedelta(seconds=settings.WORKER_LOST_AFTER_S)
    lost = Q(worker=None) | Q(worker__last_heartbeat__lt=silent_since)
    manager = JobManager(DjangoConnector())
    requeued = 0
    for task in ProcrastinateJob.objects.filter(lost, status="doing"):
        try:
            manager.retry_job_by_id(task.id, timezone.now())
        except ConnectorException:
            # The task has ended in the meantime, or another worker has requeued it.
            continue
        requeued += 1
    return requeued


def requeue_jobs_without_task() -> int:
    """Queue running jobs for which no worker has a task, and return how many there were."""
    lost = [job for job in Job.objects.filter(state=JobState.RUNNING) if not _has_task(job)]
    for job in lost:
        add_task(RUN_JOB, job.pk, lock=job.work)
    return len(lost)


def _has_task(job: Job) -> bool:
    tasks = ProcrastinateJob.objects.filter(task_name=RUN_JOB, status__in=("todo", "doing"))
    return tasks.filter(args__job=str(job.pk)).exists()


def count_live_workers() -> int:
    """Return how many workers have sent a heartbeat within WORKER_LOST_AFTER_S seconds."""
    silent_since = timezone.now() - timedelta(seconds=settings.WORKER_LOST_AFTER_S)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=silent_since).count()
