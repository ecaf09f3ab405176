"""What workers do: `manage.py procrastinate worker`."""

from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app

from voiceprints.jobs import execution, lost_jobs, queue, webhooks
from voiceprints.jobs.retry_policy import WhenAsked

# Before everything that waits: it is quick, and others' work depends on it.
FIRST = 10


@app.task(name=queue.WORK, retry=WhenAsked(), pass_context=True)
def work(context: JobContext, job: str) -> None:
    """Make an attempt at a job."""
    execution.work(UUID(job), context.should_abort)


@app.task(name=queue.CALL, retry=WhenAsked())
def call(job: str) -> None:
    """Tell whoever asked for it that a job has ended."""
    webhooks.call(UUID(job))


@app.periodic(cron="* * * * * */10")
@app.task(name="voiceprints.recover", queueing_lock="recover", priority=FIRST)
def recover(timestamp: int) -> None:
    """Put back what workers that died have left."""
    lost_jobs.put_back()
    lost_jobs.take_up()
