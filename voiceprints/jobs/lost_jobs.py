"""What has no worker any more? It is put back into the queue."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

from voiceprints.jobs import queue
from voiceprints.models.jobs import Job, JobState


def put_back() -> int:
    """Have the tasks of workers without a sign of life done by others; count them."""
    silent_since = timezone.now() - timedelta(seconds=settings.WORKER_LOST_AFTER_S)
    lost = Q(worker=None) | Q(worker__last_heartbeat__lt=silent_since)
    manager = JobManager(DjangoConnector())
    recovered = 0
    for task in ProcrastinateJob.objects.filter(lost, status="doing"):
        try:
            manager.retry_job_by_id(task.id, timezone.now())
        except ConnectorException:
            # It ended meanwhile, or another worker has put it back.
            continue
        recovered += 1
    return recovered


def take_up() -> int:
    """Queue jobs that run, as they say, and of which no worker has a task any more; count them."""
    lost = [job for job in Job.objects.filter(state=JobState.RUNNING) if not _has_task(job)]
    for job in lost:
        queue.put(queue.WORK, job.pk, lock=job.work)
    return len(lost)


def _has_task(job: Job) -> bool:
    tasks = ProcrastinateJob.objects.filter(task_name=queue.WORK, status__in=("todo", "doing"))
    return tasks.filter(args__job=str(job.pk)).exists()


def workers_alive() -> int:
    """How many workers have given a sign of life."""
    silent_since = timezone.now() - timedelta(seconds=settings.WORKER_LOST_AFTER_S)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=silent_since).count()
