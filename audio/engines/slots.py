"""The slots of an engine: how many calls it may be asked at the same time, and by which job.

A job takes all the slots that it needs before its first call, or is refused. Jobs wait in a queue,
so that jobs of one slot do not overtake a job of four forever. The requests of one API key
together hold a limited share, so that its archive cannot starve another key's voice command.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from django.conf import settings

from audio import metrics


class NoSlot(Exception):
    """No slots became free in time: `reason` is `busy`, or `key_share` for a key at its share."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class JobEnded(Exception):
    """The job that a call belongs to has ended before the call began."""


@dataclass(slots=True, eq=False)
class _QueuedJob:
    """A job in the queue, and the API key that it works for."""

    key: str | None
    count: int
    is_admitted: bool = False


class Slots:
    """The slots of one engine."""

    def __init__(self, engine: str, total: int) -> None:
        self._engine, self.total = engine, total
        self._free = total
        self._held: Counter[str | None] = Counter()
        self._queue: list[_QueuedJob] = []
        self._changed = Condition()
        metrics.ENGINE_SLOTS.labels(engine).set(total)
        self._publish_use()

    @property
    def in_use(self) -> int:
        """How many slots jobs hold."""
        return self.total - self._free

    @property
    def queued(self) -> int:
        """How many jobs wait for slots."""
        return len(self._queue)

    def acquire(self, wanted: int, key: str | None) -> "JobSlots":
        """Take the wanted slots together, or all slots of the engine if they are fewer.

        Raises
        ------
        NoSlot
            When they did not become free within ENGINE_WAIT_S.
        """
        job = _QueuedJob(key, min(wanted, self.total))
        with self._changed:
            self._queue.append(job)
            try:
                self._admit()
                self._changed.wait_for(lambda: job.is_admitted, settings.ENGINE_WAIT_S)
            finally:
                if not job.is_admitted:
                    self._queue.remove(job)
                    self._admit()
            if not job.is_admitted:
                raise self._refusal(job)
        return JobSlots(self, key, job.count)

    def acquire_free(self, wanted: int, key: str | None) -> "JobSlots | None":
        """Take up to the wanted slots, as far as they are free now; None without any.

        Jobs that wait in the queue keep their precedence.
        """
        with self._changed:
            count = 0 if self._queue else min(wanted, self._free)
            while count and self._is_over_its_share(_QueuedJob(key, count)):
                count -= 1
            if not count:
                return None
            self._free -= count
            self._held[key] += count
            self._publish_use()
        return JobSlots(self, key, count)

    def acquire_for_probe(self, wanted: int) -> "JobSlots":
        """Take slots even if none are free."""
        with self._changed:
            self._free -= wanted
            self._held[None] += wanted
            self._publish_use()
        return JobSlots(self, None, wanted)

    def release(self, key: str | None, count: int) -> None:
        """Return slots to the engine."""
        with self._changed:
            self._free += count
            self._held[key] -= count
            if not self._held[key]:
                del self._held[key]
            self._admit()
            self._publish_use()

    def _admit(self) -> None:
        """Admit the first job of the queue, and every later job that fits beside it."""
        held_back = set[str | None]()
        for job in list(self._queue):
            # A later job of the same key does not overtake one that is held back.
            if job.key in held_back or self._is_over_its_share(job):
                held_back.add(job.key)
                continue
            if job.count > self._free:
                break
            self._queue.remove(job)
            self._free -= job.count
            self._held[job.key] += job.count
            job.is_admitted = True
        self._publish_use()
        self._changed.notify_all()

    def _is_over_its_share(self, job: _QueuedJob) -> bool:
        # Without API keys all clients are one client; management commands have no key.
        if job.key is None or not settings.API_KEYS:
            return False
        held, share = self._held[job.key], settings.ENGINE_KEY_SHARE * self.total
        return held > 0 and held + job.count > share

    def _refusal(self, job: _QueuedJob) -> NoSlot:
        reason = "key_share" if self._is_over_its_share(job) else "busy"
        metrics.ENGINE_REFUSALS.labels(self._engine, reason).inc()
        return NoSlot(reason)

    def _publish_use(self) -> None:
        metrics.ENGINE_SLOTS_IN_USE.labels(self._engine).set(self.in_use)


class JobSlots:
    """The slots of one job: held until the job ends, and by its calls until they have ended."""

    def __init__(self, slots: Slots, key: str | None, count: int) -> None:
        self._slots, self._key, self.count = slots, key, count
        self._under_way = 0
        self._has_ended = False
        self._changed = Condition()

    @property
    def unused(self) -> int:
        """How many slots no call of the job occupies."""
        return self.count - self._under_way

    @contextmanager
    def call(self) -> Iterator[None]:
        """Occupy one slot inside the block, as soon as another call of the job frees one.

        Raises
        ------
        JobEnded
        """
        self._begin()
        try:
            yield
        finally:
            self._leave()

    def end(self) -> None:
        """Begin no further call, and release all slots that no call uses."""
        with self._changed:
            unused = 0 if self._has_ended else self.count - self._under_way
            self._has_ended = True
            self._changed.notify_all()
        if unused:
            self._slots.release(self._key, unused)

    def _begin(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._has_ended or self._under_way < self.count)
            if self._has_ended:
                raise JobEnded
            self._under_way += 1

    def _leave(self) -> None:
        with self._changed:
            self._under_way -= 1
            has_ended = self._has_ended
            self._changed.notify()
        if has_ended:
            self._slots.release(self._key, 1)
