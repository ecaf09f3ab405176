"""How does a task get into the queue? In the transaction of what it is about."""

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

WORK, CALL = "voiceprints.work", "voiceprints.call"
# Who waits to be told of a job must not wait for all that were queued before it ended.
_PRIORITIES = {CALL: 5}


def put(task: str, job: object, *, lock: str | None = None) -> None:
    """Have a worker do the task once the transaction is over, and never if it is undone.

    Inside a worker the queue has connections of its own, so Django's is asked for by name.
    """
    manager = JobManager(DjangoConnector())
    priority = _PRIORITIES.get(task, 0)
    configured = configure_task(name=task, job_manager=manager, lock=lock, priority=priority)
    configured.defer(job=str(job))
