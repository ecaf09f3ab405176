"""Mistakes that the comparison must notice: the engine's code, changed in one place each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.nvidia_oracle.comparison import (
    Finding,
    Graphs,
    activity_difference,
    equal_sequences,
    mel_difference,
)
from benchmarks.nvidia_oracle.reference import Reference
from nvidia_engine import features
from nvidia_engine.diarization import stream
from nvidia_engine.diarization.geometry import Geometry
from nvidia_engine.diarization.speaker_cache import Rows
from nvidia_engine.features import Samples
from nvidia_engine.recognition import tdt


def notice_mutants(graphs: Graphs, samples: Samples, expected: Reference) -> Iterator[Finding]:
    """Make each mistake, and compare."""
    activity = expected["sortformer_activity"]
    with _changed(stream, "compress", _first_rows):
        for name in ("sortformer", "nemotron"):
            diarizer = getattr(graphs, name)
            off = activity_difference(diarizer, samples, expected[f"{name}_activity"])
            yield _noticed(f"{name}: the first frames as cache", off, 1e-2)
    without = replace(graphs.sortformer.facts.geometry, fifo=0)
    off = activity_difference(graphs.sortformer, samples, activity, schedule=without)
    yield _noticed("sortformer: no queue", off, 1e-2)
    silence = np.zeros_like(graphs.nemotron.facts.silence)
    off = activity_difference(
        graphs.nemotron, samples, expected["nemotron_activity"], silence=silence
    )
    yield _noticed("nemotron: no learned silence", off, 2e-3)
    with _changed(tdt, "DURATIONS", np.array([1, 1, 2, 3, 4])):
        equal = equal_sequences(graphs.recognizer, expected)
    yield Finding("a wrong jump at blanks", f"{equal} of 100 equal", equal < 100)
    periodic = np.pad(np.hanning(401)[:400], 56)
    with _changed(features, "WINDOW", periodic):
        off = mel_difference(expected, samples)
    yield _noticed("a periodic window", off, 5e-4)


def _first_rows(rows: Rows, activity: Rows, _: Rows, geometry: Geometry) -> tuple[Rows, Rows]:
    return rows[: geometry.cache], activity[: geometry.cache]


def _noticed(what: str, difference: float, least: float) -> Finding:
    return Finding(what, f"{difference:.1e} (at least {least:.0e})", difference >= least)


@contextmanager
def _changed(module: Any, name: str, value: object) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)
