"""Requests to a gateway, with their time and peak memory."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.measures.memory import peak_mib, process_tree, reset_peaks
from spark_control.laptop.gateway import Gateway

LONGEST_WAIT_S = 7200.0
# Serves this machine only, regardless of `.env`.
SETTINGS = {"API_KEYS": "", "ALLOWED_HOSTS": "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """An answer, its time, and the peak resident memory while it was computed."""

    body: dict[str, Any]
    seconds: float
    gateway_mib: float
    engine_mib: float


def ask(
    gateway: Gateway, path: str, recordings: Mapping[str, Path], fields: Mapping[str, str]
) -> TimedAnswer:
    """Post recordings and wait for the answer."""
    own, engine = process_tree(gateway.pid), _built_in_engine()
    reset_peaks([*own, *engine])
    with ExitStack() as opened:
        files = {field: opened.enter_context(p.open("rb")) for field, p in recordings.items()}
        started = time.monotonic()
        response = httpx.post(gateway.url + path, files=files, data=fields, timeout=LONGEST_WAIT_S)
        seconds = time.monotonic() - started
    response.raise_for_status()
    return TimedAnswer(response.json(), seconds, peak_mib(own), peak_mib(engine))


def _built_in_engine() -> list[int]:
    """Return the built-in engine's processes that the launcher started, if it did."""
    launcher = psutil.Process().parent()
    beside = launcher.children(recursive=True) if launcher else []
    return [process.pid for process in beside if "cpu_engine.wsgi" in process.cmdline()]
