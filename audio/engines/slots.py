"""Who may ask an engine now?

An engine has so many places. A job takes all that it needs together, before any of its calls
begins, or is refused; it waits for them in a queue, so that one that needs four is not overtaken
for ever by those that need one. What the requests of one key hold together is limited to a share,
so that its archive cannot starve another's voice command.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from django.conf import settings

from audio import metrics


class NoPlace(Exception):
    """No places became free in time; `reason` is `busy`, or `key_share` where others were."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class JobEnded(Exception):
    """The job that a call belonged to has ended without it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A job in the queue, and on behalf of which key."""

    key: str | None
    count: int
    admitted: bool = False


class Places:
    """The places of one engine."""

    def __init__(self, engine: str, total: int) -> None:
        self._engine, self.total = engine, total
        self._free = total
        self._held: Counter[str | None] = Counter()
        self._queue: list[_Waiting] = []
        self._changed = Condition()
        metrics.ENGINE_PLACES.labels(engine).set(total)
        self._tell()

    def take(self, wanted: int, key: str | None) -> "Admission":
        """Take so many places at once, or all there are if they are fewer.

        Raises
        ------
        NoPlace
            When they did not become free within ENGINE_WAIT_S.
        """
        job = _Waiting(key, min(wanted, self.total))
        with self._changed:
            self._queue.append(job)
            try:
                self._admit()
                self._changed.wait_for(lambda: job.admitted, settings.ENGINE_WAIT_S)
            finally:
                if not job.admitted:
                    self._queue.remove(job)
                    self._admit()
            if not job.admitted:
                raise self._refusal(job)
        return Admission(self, key, job.count)

    def squeeze_in(self, wanted: int) -> "Admission":
        """Take so many places even if there are none."""
        with self._changed:
            self._free -= wanted
            self._held[None] += wanted
            self._tell()
        return Admission(self, None, wanted)

    def give(self, key: str | None, count: int) -> None:
        """Take places back."""
        with self._changed:
            self._free += count
            self._held[key] -= count
            if not self._held[key]:
                del self._held[key]
            self._admit()
            self._tell()

    def _admit(self) -> None:
        """Let in whoever is next, and everybody behind for whom there is room too."""
        held_back = set[str | None]()
        for job in list(self._queue):
            # Nor does anybody of the same key overtake it.
            if job.key in held_back or self._is_over_its_share(job):
                held_back.add(job.key)
                continue
            if job.count > self._free:
                break
            self._queue.remove(job)
            self._free -= job.count
            self._held[job.key] += job.count
            job.admitted = True
        self._tell()
        self._changed.notify_all()

    def _is_over_its_share(self, job: _Waiting) -> bool:
        # Without keys all clients are one; and the commands of this machine have none.
        if job.key is None or not settings.API_KEYS:
            return False
        held, share = self._held[job.key], settings.ENGINE_KEY_SHARE * self.total
        return held > 0 and held + job.count > share

    def _refusal(self, job: _Waiting) -> NoPlace:
        reason = "key_share" if self._is_over_its_share(job) else "busy"
        metrics.ENGINE_REFUSALS.labels(self._engine, reason).inc()
        return NoPlace(reason)

    def _tell(self) -> None:
        metrics.ENGINE_PLACES_IN_USE.labels(self._engine).set(self.total - self._free)


class Admission:
    """The places of one job, kept until it ends, and by calls under way until they have."""

    def __init__(self, places: Places, key: str | None, count: int) -> None:
        self._places, self._key, self.count = places, key, count
        self._under_way = 0
        self._ended = False
        self._changed = Condition()

    @contextmanager
    def call(self) -> Iterator[None]:
        """One call, in a place of this job, as soon as one of its own calls leaves one.

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
        """Begin no further call, and give all places back that none is using."""
        with self._changed:
            unused = 0 if self._ended else self.count - self._under_way
            self._ended = True
            self._changed.notify_all()
        if unused:
            self._places.give(self._key, unused)

    def _begin(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._under_way < self.count)
            if self._ended:
                raise JobEnded
            self._under_way += 1

    def _leave(self) -> None:
        with self._changed:
            self._under_way -= 1
            ended = self._ended
            self._changed.notify()
        if ended:
            self._places.give(self._key, 1)
