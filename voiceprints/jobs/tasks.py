"""The tasks that a worker (`manage.py procrastinate worker`) executes."""

from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app

from voiceprints.jobs import execution, queue, webhooks
from voiceprints.jobs.retry_policy import RetryOnRequest

# Recovery takes milliseconds and other tasks depend on it, so it runs before all of them.
FIRST = 10


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
