"""NVIDIA's models on the CPU, in the place of the built-in engine's words, turns and voices."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from spark_control.laptop.built_in_engine import (
    process_options,
    running_engine,
    wait_until_healthy,
)
from spark_control.laptop.step_progress import progress

SERVER = (
    *(sys.executable, "-m", "gunicorn"),
    *("-c", "python:nvidia_engine.http.server", "nvidia_engine.http.wsgi"),
)
# Gigabytes of weights are hashed and loaded, and the known answer is asked.
HEALTHY_WITHIN_S = 900.0


@contextmanager
def nvidia_engine(folder: Path, data: Path) -> Iterator[str]:
    """Run the engine over a folder of weights for the block, offline; yield its URL."""
    log = data / "nvidia-engine.log"
    options = process_options()
    options["env"] |= {"MODELS_DIR": str(folder), "OFFLINE": "true", "DEVICE": "cpu"}
    with ExitStack() as resources:
        with progress("NVIDIA engine"):
            url, process = resources.enter_context(running_engine(SERVER, log, options))
            wait_until_healthy(url, process, log, HEALTHY_WITHIN_S)
        yield url
