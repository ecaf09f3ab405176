"""The gateway's memory and time for large uploads."""

from functools import partial

import numpy as np

from benchmarks.gateway import calls, upload_memory
from benchmarks.gateway.calls import MEBIBYTE
from benchmarks.gateway.figure_table import Bench, Curve, Figure, Results
from benchmarks.gateway.timing import concurrently
from benchmarks.gateway.upload_memory import Target
from spark_control.laptop.gateway import Gateway

GIBIBYTE = 1024 * MEBIBYTE
TURNS = 3
UPLOADS = (1, 16, 64, 256, 1024)


def uploads(bench: Bench) -> Results:
    """Measure large uploads, and many of them."""
    yield from _large(bench)
    for what, at_a_time, turns in (
        ("eight concurrent uploads of 100 MB", 8, 1),
        ("fourteen uploads of 100 MB after one another", 1, 14),
    ):
        with bench.gateway() as gateway:
            many = upload_memory.many_files(
                100 * MEBIBYTE, _warm(bench, gateway), concurrently=at_a_time, turns=turns
            )
        measured = f"{many.peak_mib:.0f} MiB over idle, {many.kept_mib:.0f} kept"
        yield Figure(what, "≤ 64 MiB over idle", measured, many.peak_mib <= 64)
    points = []
    for mebibytes in UPLOADS:
        with bench.gateway() as gateway:
            one = upload_memory.one_file(mebibytes * MEBIBYTE, _warm(bench, gateway))
        points.append((float(mebibytes), one.peak_mib))
    yield Curve(
        title="Memory against upload size",
        x="MiB uploaded",
        y="MiB over idle",
        lines={"transcription": points},
    )


def _large(bench: Bench) -> Results:
    copied, kept, kept_for_two = (
        float(np.median([through(GIBIBYTE, bench.room) for _ in range(TURNS)]))
        for through in (
            upload_memory.through_loopback,
            upload_memory.through_disk,
            partial(upload_memory.through_disk, times=2),
        )
    )
    yield _unasked("1 GB kept on disk, then passed on, and nothing else", copied, kept)
    yield _unasked("the same, forwarded twice in parallel", copied, kept_for_two)
    for what, cost, size in (
        ("upload of 1 GB", upload_memory.one_file, GIBIBYTE),
        ("two tracks of 512 MB", upload_memory.two_tracks, GIBIBYTE // 2),
    ):
        with bench.gateway() as gateway:
            warm = _warm(bench, gateway)
            large = [cost(size, warm) for _ in range(TURNS)]
        peak_mib = max(one.peak_mib for one in large)
        measured = f"{peak_mib:.0f} MiB over idle"
        yield Figure(f"{what}: memory", "≤ 48 MiB", measured, peak_mib <= 48)
        yield _throughput(what, copied, float(np.median([one.seconds for one in large])))
    with bench.floor() as ports:
        bare = [
            upload_memory.seconds_of(GIBIBYTE, ports.gateway, bench.room) for _ in range(TURNS)
        ]
    yield _unasked("bare WSGI: upload of 1 GB", copied, float(np.median(bare)))


def _throughput(what: str, copied: float, took: float) -> Figure:
    return Figure(_of_loopback(what), "≥ 0.3", _share(copied, took), copied / took >= 0.3)


def _unasked(what: str, copied: float, took: float) -> Figure:
    return Figure(_of_loopback(what), "", _share(copied, took), None)


def _of_loopback(what: str) -> str:
    return f"{what}: throughput, of loopback's"


def _share(copied: float, took: float) -> str:
    return f"{copied / took:.2f} ({1024 / took:.0f} of {1024 / copied:.0f} MiB/s)"


def _warm(bench: Bench, gateway: Gateway) -> Target:
    """Run a gateway that has answered each kind of request once before."""
    ports = bench.ports(gateway)
    for work in (calls.transcription(), calls.label_merge(), calls.speech()):
        # As many as will be concurrent: threads start when they are first needed.
        concurrently(work.gateway, ports.gateway, callers=16, seconds=0.5)
    return Target(ports.gateway, gateway.pid, bench.room)
