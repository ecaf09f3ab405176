"""What does the gateway add to the time of a call?"""

from collections.abc import Sequence

import numpy as np

from benchmarks.gateway import calls, memory
from benchmarks.gateway.calls import MEBIBYTE, Work
from benchmarks.gateway.figures import Bench, Curve, Figure, Results
from benchmarks.gateway.timing import Ports, after_the_engine, at_once, one_at_a_time
from benchmarks.gateway.wire import Message

# Both the gateway and the machine are faster then.
WARM_UP_S = 1.0
SLOWLY = "Please say this slowly."
CONCURRENCY = (1, 4, 16, 64)
# Streams that last keep their places: by default there are 48.
ROOM_FOR_ALL = {"ENGINE_CONNECTIONS": "64", "WEB_THREADS": "80"}
SIZES = tuple(MEBIBYTE * mebibytes // 4 for mebibytes in (1, 4, 16, 64, 256))
# How much more a mebibyte may cost at one size than at another.
LINEAR = 1.5


def added_time(bench: Bench) -> Results:
    """What the gateway adds to one call, and how many calls a second it takes from sixteen."""
    with bench.gateway() as gateway:
        ports = bench.ports(gateway)
        for work, ms, rate, first in (
            (calls.models(), 0.6, None, False),
            (calls.speech(), 2.0, 400, True),
            (calls.transcription(), 4.0, 200, False),
            (calls.label_merge(), 8.0, 80, False),
        ):
            yield _added(bench, work, ports, ms=ms, first=first)
            if rate:
                yield _rate(bench, work, ports, rate)


def floor(bench: Bench) -> Results:
    """What the same work takes on a bare WSGI application: the gateway can add no less."""
    with bench.floor() as ports:
        for work, first in (
            (calls.models(), False),
            (calls.speech(), True),
            (calls.transcription(), False),
            (calls.label_merge(), False),
        ):
            added = _added(bench, work, ports, ms=0.0, first=first)
            yield Figure(f"bare WSGI: {added.what}", "", added.measured, None)
            if work.name != "models":
                rate = _rate(bench, work, ports, 0)
                yield Figure(f"bare WSGI: {rate.what}", "", rate.measured, None)


def _added(bench: Bench, work: Work, ports: Ports, *, ms: float, first: bool) -> Figure:
    at_once(work.gateway, ports.gateway, callers=1, seconds=WARM_UP_S)
    took = one_at_a_time(work, ports, rounds=bench.rounds, first=first)
    whole, direct = (float(np.median(side)) * 1000 for side in (took.gateway, took.engine))
    what = f"{work.name}, one at a time" + (", first byte" if first else "")
    measured = f"{took.added_ms:.2f} ms added ({whole:.2f} over {direct:.2f})"
    return Figure(what, f"≤ {ms} ms added", measured, took.added_ms <= ms)


def _rate(bench: Bench, work: Work, ports: Ports, asked: int) -> Figure:
    loads = [
        at_once(work.gateway, ports.gateway, callers=16, seconds=bench.seconds) for _ in range(5)
    ]
    rate = float(np.median([load.rate for load in loads]))
    p99 = float(np.median([np.percentile(load.took, 99) for load in loads])) * 1000
    measured = f"{rate:.0f} a second (p99 {p99:.0f} ms)"
    return Figure(f"{work.name}, 16 at once", f"≥ {asked} a second", measured, rate >= asked)


def first_byte(bench: Bench) -> Results:
    """When does speech that takes two seconds begin?"""
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
                what = f"speech of 2 s, {callers} at once: first byte after the engine's"
                measured = f"{through:.1f} ms (without the gateway {direct:.1f})"
                yield Figure(what, f"≤ {goal:.0f} ms", measured, through <= goal)
    yield Curve(
        title="First byte of speech after that of the engine",
        x="streams at once",
        y="ms",
        lines=behind,
    )


def _median_behind(spoken: Message, port: int, callers: int) -> float:
    rounds = 5 if callers == 1 else 3
    behind = [after_the_engine(spoken, port, at_once=callers) for _ in range(rounds)]
    return float(np.median([np.median(one) for one in behind])) * 1000


def latency(bench: Bench) -> Results:
    """How long a call takes, by how many are asked at once."""
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
    return at_once(work.gateway, port, callers=callers, seconds=seconds).took


def growth_by_bytes(bench: Bench) -> Results:
    """Is the added time in proportion to the bytes?"""
    added: list[tuple[float, float]] = []
    with bench.gateway() as gateway:
        ports = bench.ports(gateway)
        for size in SIZES:
            rounds = max(5, bench.rounds * MEBIBYTE // max(size, MEBIBYTE))
            with memory.recording(size, bench.room) as path:
                took = one_at_a_time(memory.transcription(path), ports, rounds=rounds)
            added.append((size / MEBIBYTE, took.added_ms))
    # What each further mebibyte takes, of a few and of many.
    sizes, times = np.array([added[at] for at in (1, 3, 4)]).T
    of_few, of_many = np.diff(times) / np.diff(sizes)
    yield Figure(
        "growth with bytes",
        "linear",
        ", ".join(f"{ms:.1f} ms at {size:g} MiB" for size, ms in added),
        bool(of_many <= LINEAR * of_few),
    )
    yield Curve(title="Added time against bytes", x="MiB", y="ms", lines={"transcription": added})
