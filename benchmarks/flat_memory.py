"""Measure the gateway's memory for recordings of ten minutes, an hour and five hours.

    .venv/bin/python -m benchmarks.flat_memory

The engine is scripted and answers immediately, so the figures are the gateway's alone. Each figure
comes from its own gateway, which has answered a short recording before.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from numpy.random import default_rng
from rich.console import Console
from rich.table import Table

from benchmarks.measures.requests import SETTINGS, ask
from benchmarks.synthetic.scripted_engine import Script, scripted_engine
from spark_control.laptop.gateway import running_gateway

MINUTES = (10, 60, 300)
RATE, MINUTE = 16_000, 960_000
# At this level five hours of noise take 200 MB as FLAC.
LEVEL = 20.0
FIELDS = {"timeline": "[]", "transcribe": "true"}
ROOM = Path("var/flat_memory")


def main() -> int:
    """Print one row for each length."""
    ROOM.mkdir(parents=True, exist_ok=True)
    table = Table("recording", "one file", "two tracks", "time / audio", box=None)
    with TemporaryDirectory(dir=ROOM) as folder:
        short = noise_flac(Path(folder) / "short.flac", 1)
        for minutes in MINUTES:
            noise = noise_flac(Path(folder) / "noise.flac", minutes)
            ways = ({"file": noise}, {"mic_file": noise, "system_file": noise})
            mono, dual = (_measured(way, dict.fromkeys(way, short), minutes) for way in ways)
            row = (f"{minutes} min", *(f"{mib:.0f} MiB" for mib, _ in (mono, dual)))
            shares = " and ".join(f"{seconds / minutes / 60:.4f}" for _, seconds in (mono, dual))
            print(*row, shares, file=sys.stderr, flush=True)
            table.add_row(*row, shares)
    Console(width=120).print(table)
    return 0


def _measured(
    recordings: Mapping[str, Path], before: Mapping[str, Path], minutes: int
) -> tuple[float, float]:
    """Return the gateway's highest resident memory in MiB, and the seconds it took."""
    with scripted_engine(Script(600.0)) as engine, TemporaryDirectory(dir=ROOM) as room:
        settings = {"PARAKEET_URL": engine, "DATABASE_URL": "", "UPLOADS_DIR": room}
        with running_gateway(ROOM / "gateway.log", SETTINGS | settings) as gateway:
            ask(gateway, "/api/audio/label-merge", before, FIELDS)
            answered = ask(gateway, "/api/audio/label-merge", recordings, FIELDS)
    said = answered.body["segments"][-1]["end_ms"] / 60_000
    if not minutes - 1 < said < minutes + 1:
        raise ValueError(f"the transcript ends at {said:.1f} of {minutes} minutes")
    return answered.gateway_mib, answered.seconds


def noise_flac(path: Path, minutes: int) -> Path:
    """Write a FLAC of noise whose level changes every minute, so that the level gate has work."""
    random = default_rng(minutes)
    noise = random.normal(0.0, LEVEL, MINUTE)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("flac", rate=RATE, layout="mono")
        for level in random.uniform(0.3, 1.0, minutes):
            frame = av.AudioFrame.from_ndarray(
                (level * noise).astype(np.int16)[np.newaxis], format="s16", layout="mono"
            )
            frame.sample_rate = RATE
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


if __name__ == "__main__":
    sys.exit(main())
