"""The slots of one engine, as the jobs of clients and the probes hold them."""

from collections.abc import Iterator
from contextlib import contextmanager

from audio import context
from audio.engines.availability import is_probe, refuse_while_restarting
from audio.engines.failures import busy
from audio.engines.slots import JobSlots, NoSlot, Slots


class EngineSlots:
    """An engine's name and address, and its slots, of which each job holds some."""

    def __init__(self, name: str, url: str, count: int) -> None:
        self.name, self.url = name, url
        self.slots = Slots(name, count)

    @contextmanager
    def hold_slots(self, calls: int) -> Iterator[int]:
        """Hold the slots of a job, which its calls inside the block share.

        Yields how many calls may be under way: at most as many as the engine has slots. When the
        block ends, no further call of the job begins.

        Raises
        ------
        EngineBusy
            Before any call, when the slots did not become free in time.
        """
        held, mine = context.current().held_slots, (self.name, self.url)
        if mine in held:
            yield held[mine].count
            return
        slots = self.acquire(calls)
        try:
            with context.replaced(held_slots={**held, mine: slots}):
                yield slots.count
        finally:
            slots.end()

    @contextmanager
    def hold_free_slots(self, calls: int) -> Iterator[int]:
        """Hold up to this many slots of a job, as far as they are free now; yield how many."""
        slots = self.slots.acquire_free(calls, context.key_name())
        if slots is None:
            yield 0
            return
        held = context.current().held_slots
        try:
            with context.replaced(held_slots={**held, (self.name, self.url): slots}):
                yield slots.count
        finally:
            slots.end()

    @property
    def load(self) -> float:
        """The share of its slots that are held, and more where jobs wait: what to compare by."""
        return (self.slots.in_use + self.slots.queued) / self.slots.total

    @property
    def held_slots(self) -> int:
        """How many slots the job under way holds here."""
        held = context.current().held_slots.get((self.name, self.url))
        return 0 if held is None else held.count

    @property
    def unused_slots(self) -> int:
        """How many slots the job under way holds here without a call in them."""
        held = context.current().held_slots.get((self.name, self.url))
        return 0 if held is None else held.unused

    def acquire(self, calls: int) -> JobSlots:
        """Take the slots of a job; a probe's come before all others.

        Raises
        ------
        EngineBusy, EngineRestarting
        """
        if is_probe():
            # A probe finds out why no slot becomes free.
            return self.slots.acquire_for_probe(calls)
        refuse_while_restarting(self.name, self.url)
        try:
            return self.slots.acquire(calls, context.key_name())
        except NoSlot as refusal:
            raise busy(self.name, refusal.reason) from refusal

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Occupy a slot of the job that the call belongs to, or one of the call's own."""
        with (
            self.hold_slots(1),
            context.current().held_slots[self.name, self.url].call(),
        ):
            context.raise_if_client_left()
            yield
