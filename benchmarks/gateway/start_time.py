"""Waiting times: for a gateway to start, and during a long merge."""

import threading
import time
from collections.abc import Callable

import numpy as np

from benchmarks.flat_memory import noise_flac
from benchmarks.gateway import calls
from benchmarks.gateway.figure_table import Bench, Figure, Results
from benchmarks.gateway.wire import calling, message

MERGE_MINUTES = 180
# The interval of model requests during the long merge.
ASK_EVERY_S = 0.01


def models_during_a_merge(bench: Bench) -> Results:
    """Measure how long model requests wait during a merge of three hours."""
    track = noise_flac(bench.room / "long.flac", MERGE_MINUTES)
    files = {"mic_file": track, "system_file": track.with_name("twin.flac")}
    files["system_file"].write_bytes(track.read_bytes())
    merge = message("POST", "/api/audio/label-merge", files=files, data={"timeline": "[]"})
    with bench.gateway() as gateway, calling(bench.ports(gateway).gateway) as merging:
        told: list[int] = []
        work = threading.Thread(target=lambda: told.append(merging.ask(merge).status))
        work.start()
        took = _asked_while(work.is_alive, bench.ports(gateway).gateway)
        work.join()
    if told != [200]:
        raise ValueError(f"the merge answered {told}")
    p99 = float(np.percentile(took, 99)) * 1000
    yield Figure(
        "models during a dual merge of 3 h",
        "p99 ≤ 50 ms",
        f"p99 {p99:.1f} ms of {len(took)}, at most {max(took) * 1000:.0f} ms",
        p99 <= 50,
    )


def _asked_while(under_way: Callable[[], bool], port: int) -> list[float]:
    took = []
    with calling(port) as caller:
        while under_way():
            took.append(caller.ask(calls.models().gateway).whole_s)
            time.sleep(ASK_EVERY_S)
    return took


def start(bench: Bench) -> Results:
    """Measure how long a gateway takes to start."""
    took = []
    for _ in range(5):
        started = time.perf_counter()
        with bench.gateway():
            took.append(time.perf_counter() - started)
    seconds = float(np.median(took))
    yield Figure("start to ready", "≤ 1.5 s", f"{seconds:.2f} s", seconds <= 1.5)
