"""Measure recordings a minute through the job queue, by the number of workers.

    .venv/bin/python -m spark_control.laptop --no-engines --data var/queue_speed -- \\
        .venv/bin/python -m benchmarks.queue_speed

The engine is scripted and takes the same time for every call, so the figures are those of the
queue, the storage and the library, and show whether workers block each other. All jobs of the
database are deleted before each row.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from django.db.models import Max, Min
from numpy.random import default_rng
from rich.console import Console
from rich.table import Table

from audio.media.encoding import wav
from benchmarks.synthetic.scripted_engine import Script, scripted_engine

WORKERS = (1, 2, 4)
RECORDING_S, RATE = 5.0, 16_000
PATIENCE_S = 600.0
MANAGE = (sys.executable, "manage.py")


def main() -> int:
    """Print one row for each number of workers."""
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
    django.setup()
    table = Table("workers", "recordings a minute", "share of linear", box=None)
    rates: list[float] = []
    script = Script(RECORDING_S, options.latency)
    with TemporaryDirectory() as folder, scripted_engine(script) as engine:
        for workers in WORKERS:
            recordings = _recordings(Path(folder) / str(workers), options.recordings, workers)
            environment = {"PARAKEET_URL": engine, "SAMPLES_DIR": folder}
            rates.append(_per_minute(recordings, workers, environment))
            share = rates[-1] / (rates[0] * workers)
            print(workers, rates[-1], share, file=sys.stderr, flush=True)
            table.add_row(str(workers), f"{rates[-1]:.1f}", f"{share:.2f}")
    Console(width=100).print(table)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recordings", type=int, default=24, help="for each line (24)")
    parser.add_argument("--latency", type=float, default=5.0, help="seconds for each call (5)")
    return parser.parse_args()


def _recordings(folder: Path, count: int, seed: int) -> Path:
    """Write recordings of different noise: equal ones would be processed one after another."""
    folder.mkdir()
    random = default_rng(seed)
    for number in range(count):
        noise = random.normal(0.0, 0.1, round(RECORDING_S * RATE)).astype("float32")
        (folder / f"{number:03}.wav").write_bytes(wav(noise))
    return folder


def _per_minute(recordings: Path, workers: int, environment: Mapping[str, str]) -> float:
    """Return the rate from the start of the first job to the end of the last."""
    # Django's models exist only after setup.
    from voiceprints.jobs.queue import count_live_workers
    from voiceprints.models import Job
    from voiceprints.models.jobs import UNFINISHED, JobState

    Job.objects.all().delete()
    settings = {**os.environ, **environment}
    with ExitStack() as running:
        for _ in range(workers):
            running.enter_context(_worker(settings))
        _wait_until(lambda: count_live_workers() == workers)
        enqueue = [*MANAGE, "enqueue", str(recordings), "--store"]
        subprocess.run(enqueue, env=settings, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        _wait_until(lambda: not Job.objects.filter(state__in=UNFINISHED).exists())
    done = Job.objects.filter(state=JobState.DONE)
    count = done.count()
    if count != len(list(recordings.iterdir())):
        raise ValueError(f"{count} of {len(list(recordings.iterdir()))} recordings were done")
    took = done.aggregate(first=Min("started_at"), last=Max("finished_at"))
    return float(60 * count / (took["last"] - took["first"]).total_seconds())


@contextmanager
def _worker(settings: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen([*MANAGE, "procrastinate", "worker"], env=settings)  # noqa: S603
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the workers did not finish in time")
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
