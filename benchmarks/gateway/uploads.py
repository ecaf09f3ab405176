"""What do large uploads cost the gateway in memory and time?"""

from benchmarks.gateway import calls, memory
from benchmarks.gateway.calls import MEBIBYTE
from benchmarks.gateway.figures import Bench, Curve, Figure, Results
from benchmarks.gateway.memory import Target
from benchmarks.gateway.wire import calling
from spark_control.laptop.gateway import Gateway

GIBIBYTE = 1024 * MEBIBYTE
UPLOADS = (1, 16, 64, 256, 1024)


def uploads(bench: Bench) -> Results:
    """What large uploads cost, and many."""
    yield from _large(bench)
    for what, at_a_time, turns in (
        ("eight uploads of 100 MB at once", 8, 1),
        ("fourteen uploads of 100 MB after one another", 1, 14),
    ):
        with bench.gateway() as gateway:
            many = memory.many_files(
                100 * MEBIBYTE, _warm(bench, gateway), at_once=at_a_time, turns=turns
            )
        measured = f"{many.peak_mib:.0f} MiB over idle, {many.kept_mib:.0f} kept"
        yield Figure(what, "≤ 64 MiB over idle", measured, many.peak_mib <= 64)
    points = []
    for mebibytes in UPLOADS:
        with bench.gateway() as gateway:
            one = memory.one_file(mebibytes * MEBIBYTE, _warm(bench, gateway))
        points.append((float(mebibytes), one.peak_mib))
    yield Curve(
        title="Memory against upload size",
        x="MiB uploaded",
        y="MiB over idle",
        lines={"transcription": points},
    )


def _large(bench: Bench) -> Results:
    copied = memory.through_loopback(GIBIBYTE, bench.room)
    for what, cost, size in (
        ("upload of 1 GB", memory.one_file, GIBIBYTE),
        ("two tracks of 512 MB", memory.two_tracks, GIBIBYTE // 2),
    ):
        with bench.gateway() as gateway:
            large = cost(size, _warm(bench, gateway))
        measured = f"{large.peak_mib:.0f} MiB over idle"
        yield Figure(f"{what}: memory", "≤ 48 MiB", measured, large.peak_mib <= 48)
        share = copied / large.seconds
        rates = f"{1024 / large.seconds:.0f} of {1024 / copied:.0f} MiB/s"
        yield Figure(
            f"{what}: throughput, of loopback's", "≥ 0.5", f"{share:.2f} ({rates})", share >= 0.5
        )


def _warm(bench: Bench, gateway: Gateway) -> Target:
    """A gateway that has answered one of each before: what it holds is what it needs idle."""
    ports = bench.ports(gateway)
    with calling(ports.gateway) as caller:
        for work in (calls.transcription(), calls.label_merge(), calls.speech()):
            caller.ask(work.gateway)
    return Target(ports.gateway, gateway.pid, bench.room)
