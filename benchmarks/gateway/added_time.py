"""The time that the gateway adds to a call."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.gateway import calls, upload_memory
from benchmarks.gateway.calls import MEBIBYTE, Work
from benchmarks.gateway.figure_table import Bench, Curve, Figure, Results
from benchmarks.gateway.timing import (
    Compared,
    Load,
    Ports,
    after_the_engine,
    concurrently,
    one_at_a_time,
)
from benchmarks.gateway.wire import Message

# Warm-up: gateway and machine are faster afterwards.
WARM_UP_S = 1.0
PASSES = 5
# These have no target rate.
ALONE = ("models",)
SLOWLY = "Please say this slowly."
CONCURRENCY = (1, 4, 16, 64)
# Long streams hold their slots: there are 48 by default.
ROOM_FOR_ALL = {"ENGINE_CONNECTIONS": "64", "WEB_THREADS": "144"}
SIZES = tuple(MEBIBYTE * mebibytes // 4 for mebibytes in (1, 4, 16, 64, 256))
# The largest ratio of the cost of a mebibyte between two sizes.
LINEAR = 1.5


def added_time(bench: Bench) -> Results:
    """Measure the time added to one call, and the rate with sixteen callers."""
    asked = {
        "models": (1.0, None),
        "speech": (2.5, 380),
        "transcription": (6.0, 130),
        "label-merge": (14.0, 50),
    }
    with bench.gateway() as gateway:
        for measured in _measured(bench, bench.ports(gateway)):
            ms, rate = asked[measured.work.name]
            yield measured.added(ms)
            if rate:
                yield measured.rate(rate)


def floor(bench: Bench) -> Results:
    """Measure the same work on a bare WSGI application: the lower bound for the gateway."""
    with bench.floor() as ports:
        for measured in _measured(bench, ports):
            figures = [measured.added(0.0)]
            if measured.crowded:
                figures.append(measured.rate(0))
            for figure in figures:
                yield Figure(f"bare WSGI: {figure.what}", "", figure.measured, None)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Measure one kind of call: alternating with the engine, and by sixteen callers."""

    work: Work
    alone: list[Compared]
    crowded: list[Load]

    def added(self, ms: float) -> Figure:
        took = Compared(
            [second for one in self.alone for second in one.gateway],
            [second for one in self.alone for second in one.engine],
        )
        whole, direct = (float(np.median(side)) * 1000 for side in (took.gateway, took.engine))
        until = ", first byte" if _is_streamed(self.work) else ""
        measured = f"{took.added_ms:.2f} ms added ({whole:.2f} over {direct:.2f})"
        what = f"{self.work.name}, one at a time{until}"
        return Figure(what, f"≤ {ms} ms added", measured, took.added_ms <= ms)

    def rate(self, asked: int) -> Figure:
        rate = float(np.median([load.rate for load in self.crowded]))
        p99 = float(np.median([np.percentile(load.took, 99) for load in self.crowded])) * 1000
        measured = f"{rate:.0f} a second (p99 {p99:.0f} ms)"
        return Figure(
            f"{self.work.name}, 16 concurrent", f"≥ {asked} a second", measured, rate >= asked
        )


def _measured(bench: Bench, ports: Ports) -> list[_Measured]:
    """Measure all kinds of calls in several rounds: the machine's speed varies."""
    works = (calls.models(), calls.speech(), calls.transcription(), calls.label_merge())
    found = [_Measured(work, [], []) for work in works]
    for number in range(PASSES):
        print(f"pass {number + 1} of {PASSES}", file=sys.stderr, flush=True)
        for one in found:
            concurrently(one.work.gateway, ports.gateway, callers=1, seconds=WARM_UP_S)
            rounds, first = max(1, bench.rounds // PASSES), _is_streamed(one.work)
            one.alone.append(one_at_a_time(one.work, ports, rounds=rounds, first=first))
            if one.work.name not in ALONE:
                crowd = concurrently(
                    one.work.gateway, ports.gateway, callers=16, seconds=bench.seconds
                )
                one.crowded.append(crowd)
    return found


def _is_streamed(work: Work) -> bool:
    return work.name == "speech"


def first_byte(bench: Bench) -> Results:
    """Measure the first byte of speech that takes two seconds."""
    spoken = calls.speech(SLOWLY).gateway
    behind: dict[str, list[tuple[float, float]]] = {"gateway": [], "engine": []}
    with bench.gateway(**ROOM_FOR_ALL) as gateway:
        ports = bench.ports(gateway)
        for callers in CONCURRENCY:
            through, direct = (
                _median_behind(spoken, port, callers) for port in (ports.gateway, ports.engine)
            )
            behind["gateway"].append((callers, through))
            behind["engine"].append((callers, direct))
            if callers in (1, 64):
                goal = 5.0 if callers == 1 else 60.0
                what = f"speech of 2 s, {callers} concurrent: first byte after the engine's"
                measured = f"{through:.1f} ms (without the gateway {direct:.1f})"
                yield Figure(what, f"≤ {goal:.0f} ms", measured, through <= goal)
    yield Curve(
        title="First byte of speech after that of the engine",
        x="concurrent streams",
        y="ms",
        lines=behind,
    )


def _median_behind(spoken: Message, port: int, callers: int) -> float:
    rounds = 5 if callers == 1 else 3
    behind = [after_the_engine(spoken, port, concurrently=callers) for _ in range(rounds)]
    return float(np.median([np.median(one) for one in behind])) * 1000


def latency(bench: Bench) -> Results:
    """Measure latency by the number of concurrent calls."""
    with bench.gateway(**ROOM_FOR_ALL) as gateway:
        port = bench.ports(gateway).gateway
        lines = {
            work.name: [
                (callers, float(np.median(_took(work, port, callers, bench.seconds))) * 1000)
                for callers in CONCURRENCY
            ]
            for work in (calls.models(), calls.speech(), calls.transcription())
        }
    yield Curve(title="Latency against concurrency", x="at once", y="ms, median", lines=lines)


def _took(work: Work, port: int, callers: int, seconds: float) -> Sequence[float]:
    return concurrently(work.gateway, port, callers=callers, seconds=seconds).took


def growth_by_bytes(bench: Bench) -> Results:
    """Measure whether the added time is proportional to the bytes."""
    added: list[tuple[float, float]] = []
    with bench.gateway() as gateway:
        ports = bench.ports(gateway)
        for size in SIZES:
            rounds = max(5, bench.rounds * MEBIBYTE // max(size, MEBIBYTE))
            with upload_memory.recording(size, bench.room) as path:
                took = one_at_a_time(upload_memory.transcription(path), ports, rounds=rounds)
            added.append((size / MEBIBYTE, took.added_ms))
    # The cost of one more mebibyte, for small and for large uploads.
    sizes, times = np.array([added[at] for at in (1, 3, 4)]).T
    of_few, of_many = np.diff(times) / np.diff(sizes)
    yield Figure(
        "growth with bytes",
        "linear",
        ", ".join(f"{ms:.1f} ms at {size:g} MiB" for size, ms in added),
        bool(of_many <= LINEAR * of_few),
    )
    yield Curve(title="Added time against bytes", x="MiB", y="ms", lines={"transcription": added})
