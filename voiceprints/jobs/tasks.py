"""The tasks that a worker (`manage.py procrastinate worker`) executes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from procrastinate import JobContext
from procrastinate.contrib.django import app

from voiceprints.jobs import execution, queue, webhooks
from voiceprints.jobs.retry_policy import RetryOnRequest

# Recovery takes milliseconds and other tasks depend on it, so it runs before all of them.
FIRST = 10


def check_connection(call: Callable[[], Any], *_context: object) -> Any:
    """Run a task without a connection that was lost before, as Django does for a request."""
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


@app.task(name=queue.RUN_JOB, retry=RetryOnRequest(), pass_context=True)
def run_job(context: JobContext, job: str) -> None:
    """Make an attempt at a job."""
    execution.run_job(UUID(job), context.should_abort)


@app.task(name=queue.DELIVER_WEBHOOK, retry=RetryOnRequest())
def deliver_webhook(job: str) -> None:
    """Send the webhook of a job that has ended."""
    webhooks.deliver_webhook(UUID(job))


@app.periodic(cron="* * * * * */10")
@app.task(name=queue.RECOVER_LOST, queueing_lock="recover", priority=FIRST)
def recover_lost(timestamp: int) -> None:
    """Requeue what dead workers have left."""
    queue.requeue_tasks_of_dead_workers()
    queue.requeue_jobs_without_task()
