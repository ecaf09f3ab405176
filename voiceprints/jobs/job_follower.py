"""How far is a job, and is anybody still waiting for it? Asked once a second while it runs."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from django.db import DatabaseError, connection

from audio.pipeline.job_progress import watched_by
from voiceprints.models.jobs import Job, JobState

logger = logging.getLogger(__name__)
EVERY_S = 1.0


class Follower:
    """Writes down how far an attempt is, and learns whether it still has its claim."""

    def __init__(self, job: Job, is_to_stop: Callable[[], bool]) -> None:
        self.mine = Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)
        self.is_to_stop = is_to_stop
        self.share = 0.0
        self.is_lost = False
        self._adding, self._ended = Lock(), Event()

    def advance(self, share: float) -> None:
        """Be told, from any thread, of a further share of the job."""
        with self._adding:
            self.share = min(1.0, self.share + share)

    def is_over(self) -> bool:
        """Whether the attempt is to begin nothing new."""
        return self.is_lost or self.is_to_stop()

    def follow(self) -> None:
        """Until the attempt has ended."""
        try:
            while not self._ended.wait(EVERY_S):
                self._look()
        finally:
            connection.close()

    def end(self) -> None:
        """Follow no longer."""
        self._ended.set()

    def _look(self) -> None:
        try:
            self.is_lost = self.mine.update(progress=self.share) == 0
        except DatabaseError:
            # It comes back, or the worker ends for the same reason.
            logger.warning("the progress of a job could not be noted", exc_info=True)
            connection.close()


@contextmanager
def followed(job: Job, is_to_stop: Callable[[], bool]) -> Iterator[Follower]:
    """Follow the attempt that is made inside the block."""
    follower = Follower(job, is_to_stop)
    thread = Thread(target=follower.follow, name="follower", daemon=True)
    thread.start()
    try:
        with watched_by(follower):
            yield follower
    finally:
        follower.end()
        thread.join()
