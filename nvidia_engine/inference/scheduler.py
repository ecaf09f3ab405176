"""The scheduler: batches of one kind, fair between requests.

Pure: no threads, no clock. The dispatcher holds a lock around each call.
"""

from collections import OrderedDict, deque

from nvidia_engine.inference.units import Kind, Request, Unit

# A stream's step needs the state that the step before it left, and public graphs take one at a
# time.
BATCHED = frozenset({Kind.WORDS, Kind.VOICES})


class Scheduler:
    """Units that wait: a queue for each kind, in it a queue for each request.

    Parameters
    ----------
    budget_s
        Most padded seconds of audio in a batch.
    """

    def __init__(self, budget_s: float) -> None:
        self.budget_s = budget_s
        self._queues: dict[Kind, OrderedDict[Request, deque[Unit]]] = {
            kind: OrderedDict() for kind in Kind
        }

    def add(self, unit: Unit) -> None:
        """Put a unit at the end of its request's queue."""
        self._queues[unit.kind].setdefault(unit.request, deque()).append(unit)

    def drop(self, request: Request) -> None:
        """Forget the units of a request whose client has left."""
        for queue in self._queues.values():
            for unit in queue.pop(request, ()):
                unit.future.cancel()

    def drop_all(self) -> list[Unit]:
        """Take every unit out."""
        units = [unit for queue in self._queues.values() for own in queue.values() for unit in own]
        for queue in self._queues.values():
            queue.clear()
        return units

    def oldest(self) -> Unit | None:
        """The unit that has waited longest."""
        heads = [own[0] for queue in self._queues.values() for own in queue.values()]
        return min(heads, key=lambda unit: unit.queued_at, default=None)

    def is_full(self, kind: Kind) -> bool:
        """Whether the units of a kind fill a batch."""
        units = [unit for own in self._queues[kind].values() for unit in own]
        return kind not in BATCHED or sum(unit.bucket_s for unit in units) >= self.budget_s

    def take(self) -> list[Unit]:
        """Take a batch from the kind that has waited longest, one unit from each request in turn.

        While others wait, no request gets more than half of a batch.
        """
        first = self.oldest()
        if first is None:
            return []
        queue = self._queues[first.kind]
        share_s = self.budget_s / 2 if len(queue) > 1 else self.budget_s
        batch: list[Unit] = []
        while (unit := self._next(queue, batch, share_s)) is not None:
            batch.append(unit)
            if first.kind not in BATCHED:
                break
        return batch

    def _next(
        self, queue: OrderedDict[Request, deque[Unit]], batch: list[Unit], share_s: float
    ) -> Unit | None:
        """Take the next unit that fits, and put its request behind the others."""
        for request in list(queue):
            unit = queue[request][0]
            own = sum(other.bucket_s for other in batch if other.request is request)
            is_greedy = own and own + unit.bucket_s > share_s
            if is_greedy or (batch and _padded_s([*batch, unit]) > self.budget_s):
                continue
            queue[request].popleft()
            queue.move_to_end(request)
            if not queue[request]:
                del queue[request]
            return unit
        return None


def _padded_s(batch: list[Unit]) -> float:
    return len(batch) * max(unit.bucket_s for unit in batch)
