"""Timing of calls through the gateway and directly: alternating, and concurrent.

The two ways take turns, so that whatever else a machine does is in both.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.gateway.calls import Work
from benchmarks.gateway.engine import STAMP
from benchmarks.gateway.wire import Caller, Message, Timing, calling

WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of gateway and engine."""

    gateway: int
    engine: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Seconds of each call, in order."""

    gateway: Sequence[float]
    engine: Sequence[float]

    @property
    def added_ms(self) -> float:
        """Return the difference of the medians."""
        return float(np.median(self.gateway) - np.median(self.engine)) * 1000


@dataclass(frozen=True, slots=True)
class Load:
    """Calls per second, and the seconds of each."""

    rate: float
    took: Sequence[float]


def one_at_a_time(work: Work, ports: Ports, *, rounds: int, first: bool = False) -> Compared:
    """Alternate both ways; `first` measures the first byte of the body instead of its end."""
    read = _first_s if first else _whole_s
    with ExitStack() as opened:
        gateway = opened.enter_context(calling(ports.gateway))
        engines = [opened.enter_context(calling(ports.engine)) for _ in work.engine]
        pool = opened.enter_context(ThreadPoolExecutor(len(engines)))
        through: list[float] = []
        direct: list[float] = []
        for _ in range(rounds + WARM_UP):
            direct.append(_together(pool, engines, work.engine, read))
            through.append(read(_good(gateway.ask(work.gateway))))
    return Compared(through[WARM_UP:], direct[WARM_UP:])


def after_the_engine(what: Message, port: int, *, concurrently: int) -> list[float]:
    """Return the seconds from the engine's first byte of speech to its arrival."""
    with ThreadPoolExecutor(concurrently) as pool, ExitStack() as opened:
        callers = [opened.enter_context(calling(port)) for _ in range(concurrently)]
        ready = threading.Barrier(concurrently)
        return list(pool.map(lambda caller: _behind(caller, what, ready), callers))


def _behind(caller: Caller, what: Message, ready: threading.Barrier) -> float:
    ready.wait()
    sent_ns = time.monotonic_ns()
    told = _good(caller.ask(what))
    (spoken_ns,) = STAMP.unpack_from(told.start)
    return float(told.first_s - (spoken_ns - sent_ns) / 1e9)


def concurrently(what: Message, port: int, *, callers: int, seconds: float) -> Load:
    """Run concurrent callers, each of which repeats its call when it is answered."""
    until = time.perf_counter() + seconds
    with ThreadPoolExecutor(callers) as pool:
        started = time.perf_counter()
        took = list(pool.map(lambda _: _ask_until(what, port, until), range(callers)))
        lasted = time.perf_counter() - started
    calls = [second for one in took for second in one]
    return Load(len(calls) / lasted, calls)


def _ask_until(what: Message, port: int, until: float) -> list[float]:
    took = []
    with calling(port) as caller:
        while time.perf_counter() < until:
            took.append(_good(caller.ask(what)).whole_s)
    return took


def _together(
    pool: ThreadPoolExecutor,
    callers: Sequence[Caller],
    asked: Sequence[Message],
    read: Callable[[Timing], float],
) -> float:
    if len(callers) == 1:
        return read(callers[0].ask(asked[0]))
    started = time.perf_counter()
    list(pool.map(partial(Caller.ask), callers, asked))
    return time.perf_counter() - started


def _first_s(told: Timing) -> float:
    return told.first_s


def _whole_s(told: Timing) -> float:
    return told.whole_s


def _good(told: Timing) -> Timing:
    if told.status != 200:
        raise ValueError(f"{told.status}: {told.start[:500].decode(errors='replace')}")
    return told
