"""Batches to the child, and a new child when one is lost."""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np

from nvidia_engine.diarization.stream import StepOutput
from nvidia_engine.inference.child import BatchFailed, Child, ChildFault, StartRefused
from nvidia_engine.inference.deadlines import Deadlines, Limits
from nvidia_engine.inference.messages import Batch, Ready
from nvidia_engine.inference.scheduler import Scheduler
from nvidia_engine.inference.tally import Tally
from nvidia_engine.inference.units import EngineFault, Request, Unit
from nvidia_engine.voices.average import has_direction

logger = logging.getLogger(__name__)

# Three lost children within ten minutes: this machine needs more than a new process.
_DEATHS, _WITHIN_S = 3, 600.0
# How often a stop looks for a child that was started meanwhile.
_STOP_S = 0.05


class Dispatcher:
    """A thread that owns the child.

    Parameters
    ----------
    start_child
        Starts a child; called again whenever one is lost.
    give_up
        Called once when children die too often or cannot start.
    tally
        Counts what is answered.
    """

    def __init__(
        self,
        start_child: Callable[[], Child],
        limits: Limits,
        give_up: Callable[[str], None],
        tally: Tally | None = None,
    ) -> None:
        self._start_child, self._limits, self._give_up = start_child, limits, give_up
        self._scheduler = Scheduler(limits.batch_s)
        self._changed = threading.Condition()
        self._deaths: deque[float] = deque(maxlen=_DEATHS)
        self._child: Child | None = None
        self._is_stopped = False
        # Why the child has to be replaced although it answers.
        self._wrong: str | None = None
        self._tally = tally or Tally()
        self.state = "loading"
        self.ready: Future[Ready] = Future()
        self.restarts = 0
        self._deadlines = Deadlines(limits)
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Start the child, and serve."""
        self._thread.start()

    def stop(self) -> None:
        """End the child and whatever still waits."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        # The thread may be about to start another child.
        while self._thread.is_alive():
            if child := self._child:
                child.end()
            self._thread.join(_STOP_S)
        for unit in self._scheduler.drop_all():
            unit.fail("the engine is stopping")

    def submit(self, unit: Unit) -> "Future[Any]":
        """Queue a unit; its future is answered in any case."""
        with self._changed:
            if self._is_stopped:
                unit.future.set_exception(EngineFault("the engine is stopping"))
            else:
                self._scheduler.add(unit)
                self._changed.notify_all()
        return unit.future

    def drop(self, request: Request) -> None:
        """Forget what a client who left still waits for."""
        with self._changed:
            self._scheduler.drop(request)

    def replace_child(self, reason: str) -> None:
        """Count a child that answers wrongly as lost, and replace it."""
        with self._changed:
            self._wrong = reason
            self.state = "restarting"
            self._changed.notify_all()

    @property
    def cost(self) -> float:
        """Seconds of work for a second of audio, as measured."""
        return self._deadlines.cost

    @property
    def budget_s(self) -> float:
        """Most padded seconds of a batch; less after the device ran out of memory."""
        return self._scheduler.budget_s

    @property
    def peak_memory_mb(self) -> int:
        """The most memory of the host that the child ever held."""
        return self._child.peak_memory_mb if self._child else 0

    def oldest(self) -> Unit | None:
        """The unit that has waited longest."""
        with self._changed:
            return self._scheduler.oldest()

    def _run(self) -> None:
        try:
            self._serve_all()
        finally:
            # An error of this thread ends the program: nothing would be answered any more.
            if not self._is_stopped:
                self._end("the dispatcher failed")
            if self._child:
                self._child.kill()

    def _serve_all(self) -> None:
        if self._replace_child():
            while not self._is_stopped:
                if batch := self._next_batch():
                    self._serve(batch)
                elif self._wrong:
                    self._recover(ChildFault(self._wrong))

    def _next_batch(self) -> list[Unit]:
        """Wait for units; a batch that is not full waits a few milliseconds for more.

        Empty when the child has to be replaced, or at the end.
        """
        with self._changed:
            while not self._is_stopped and self._wrong is None:
                first = self._scheduler.oldest()
                if first is None:
                    self._changed.wait()
                    continue
                left = first.queued_at + self._limits.batch_wait_s - time.monotonic()
                if left <= 0 or self._scheduler.is_full(first.kind):
                    return self._scheduler.take()
                self._changed.wait(left)
        return []

    def _serve(self, batch: list[Unit]) -> None:
        """Answer a batch; after a fault its units are tried once more, one by one."""
        try:
            self._answer(batch)
        except ChildFault as fault:
            self._recover(fault)
            for unit in batch:
                self._serve_alone(unit)
        except BatchFailed as failure:
            if len(batch) == 1:
                batch[0].fail(f"the model failed on this recording ({failure})")
                return
            for unit in batch:
                self._serve_alone(unit)

    def _serve_alone(self, unit: Unit) -> None:
        """Answer one unit again; one that fails again fails alone."""
        if self._is_stopped:
            unit.fail("the engine is stopping")
            return
        try:
            self._answer([unit])
        except BatchFailed as failure:
            unit.fail(f"the model failed on this recording ({failure})")
        except ChildFault as fault:
            unit.fail(f"the model failed twice on this recording ({fault})")
            self._recover(fault)

    def _answer(self, batch: list[Unit]) -> None:
        live = [unit for unit in batch if not unit.future.cancelled()]
        if not live or self._child is None:
            return
        kind = live[0].kind
        seconds = sum(unit.seconds for unit in live)
        begun = time.monotonic()
        payloads = [unit.payload for unit in live]
        results = self._child.ask(Batch(kind, payloads), self._deadlines.of(kind, seconds))
        if not all(_is_finite(result) for result in results):
            raise ChildFault("the model answered with invalid numbers")
        self._deadlines.measure(kind, seconds, time.monotonic() - begun)
        self._tally.add(kind, len(live), seconds)
        self._tally.bad_embeddings += sum(map(_is_bad_embedding, results))
        for unit, result in zip(live, results, strict=True):
            unit.resolve(result)

    def _recover(self, fault: ChildFault) -> None:
        """Replace the child; with smaller batches when it ran out of memory."""
        self._wrong = None
        if self._is_stopped:
            return
        logger.error("the child is lost: %s", fault)
        if fault.is_out_of_memory:
            self._scheduler.budget_s = max(self._scheduler.budget_s / 2, 1.0)
        self._deaths.append(time.monotonic())
        self.restarts += 1
        if len(self._deaths) == _DEATHS and self._deaths[-1] - self._deaths[0] < _WITHIN_S:
            self._end(f"{_DEATHS} children were lost within {_WITHIN_S / 60:.0f} minutes")
            return
        self._replace_child()

    def _replace_child(self) -> bool:
        self.state = "restarting" if self._child else "loading"
        if self._child:
            self._child.kill()
            self._child = None
        if self._is_stopped:
            return False
        try:
            self._child = self._start_child()
            ready = self._child.wait_ready(self._limits.start_s)
        except (StartRefused, ChildFault) as problem:
            if not self._is_stopped:
                self._end(str(problem))
            return False
        if not self.ready.done():
            self.ready.set_result(ready)
        self.state = "ready"
        return True

    def _end(self, reason: str) -> None:
        """Fail all units and end the program."""
        logger.error("giving up: %s", reason)
        self.state = "failed"
        with self._changed:
            self._is_stopped = True
            waiting = self._scheduler.drop_all()
        for unit in waiting:
            unit.fail("the engine has given up")
        if not self.ready.done():
            self.ready.set_exception(EngineFault(reason))
        self._give_up(reason)


def _is_finite(result: Any) -> bool:
    """Whether activity and probabilities are numbers; bad embeddings are left out later."""
    if isinstance(result, StepOutput):
        return bool(np.isfinite(result.activity).all() and np.isfinite(result.embeddings).all())
    if isinstance(result, list):
        return all(math.isfinite(token.probability) for token in result)
    return True


def _is_bad_embedding(result: Any) -> bool:
    return isinstance(result, np.ndarray) and not has_direction(result)
