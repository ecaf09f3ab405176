"""What does the gateway answer, how long does it take, and how much memory at most?"""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.measures.memory import family_of, forget_peaks, peak_mib
from spark_control.laptop.gateway import Gateway

LONGEST_WAIT_S = 7200.0
# Served to this machine alone, whatever `.env` says.
SETTINGS = {"API_KEYS": "", "ALLOWED_HOSTS": "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what it cost; memory is the highest resident one while it was made."""

    body: dict[str, Any]
    seconds: float
    gateway_mib: float
    engine_mib: float


def ask(
    gateway: Gateway, path: str, recordings: Mapping[str, Path], fields: Mapping[str, str]
) -> Answered:
    """Send recordings from their files, and wait."""
    own, engine = family_of(gateway.pid), _built_in_engine()
    forget_peaks([*own, *engine])
    with ExitStack() as opened:
        files = {field: opened.enter_context(p.open("rb")) for field, p in recordings.items()}
        started = time.monotonic()
        response = httpx.post(gateway.url + path, files=files, data=fields, timeout=LONGEST_WAIT_S)
        seconds = time.monotonic() - started
    response.raise_for_status()
    return Answered(response.json(), seconds, peak_mib(own), peak_mib(engine))


def _built_in_engine() -> list[int]:
    """What the launcher started beside this program, where it did."""
    launcher = psutil.Process().parent()
    beside = launcher.children(recursive=True) if launcher else []
    return [process.pid for process in beside if "cpu_engine.wsgi" in process.cmdline()]
