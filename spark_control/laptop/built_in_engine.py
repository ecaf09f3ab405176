"""The built-in engine as a process: it replaces both GPU containers on a laptop."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from spark_control.laptop import PROJECT
from spark_control.laptop.data_folder import tail
from spark_control.laptop.processes import (
    Process,
    StartError,
    background_process,
    pause,
    run_step,
)
from spark_control.laptop.step_progress import progress

MODELS = (sys.executable, "-m", "cpu_engine.models")
SERVER = (
    *(sys.executable, "-m", "gunicorn"),
    *("-c", "python:cpu_engine.server", "cpu_engine.wsgi"),
)
HEALTHY_WITHIN_S = 120.0
# Meant for the gateway's gunicorn; the engine's gunicorn would obey them too.
GATEWAY_VARIABLES = {"DJANGO_SETTINGS_MODULE", "GUNICORN_CMD_ARGS", "WEB_CONCURRENCY"}
# Seconds for a second of audio: a call beside one of the other model takes 0.6 s on two cores with
# five times as much other work, and a job has up to four calls, which wait for each other.
DEADLINES = {"ENGINE_TIMEOUT_PER_AUDIO_S": "4", "ENGINE_TIMEOUT_S": "3600"}
ALTERNATIVE = (
    "To do without the built-in engine, set PARAKEET_URL and KOKORO_URL to running engines, "
    "or pass --no-engines."
)


@contextmanager
def built_in_engine(data: Path) -> Iterator[str]:
    """Run the engine for the block; yield its URL."""
    fetch_models()
    log = data / "engine.log"
    with ExitStack() as resources:
        with progress("engine"):
            engine = running_engine(SERVER, log, process_options())
            url, process = resources.enter_context(engine)
            wait_until_healthy(url, process, log)
        yield url


def fetch_models() -> None:
    """Download the models that are missing."""
    # The program prints progress on standard output, which belongs to the user's command.
    if run_step(MODELS, stdout=sys.stderr, **process_options()):
        retry = "python -m cpu_engine.models"
        raise StartError(f"The models could not be prepared; `{retry}` tries again. {ALTERNATIVE}")


@contextmanager
def running_engine(
    server: Sequence[str], log: Path, options: Mapping[str, Any]
) -> Iterator[tuple[str, Process]]:
    """Run an engine for the block (options as for Popen); yield its URL and its process."""
    with ExitStack() as resources:
        # The engine inherits the bound socket, so no other process can take the port. This
        # process closes its copy immediately: once the engine has died, connections must be
        # refused, not left waiting.
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port, fd = listener.getsockname()[1], listener.fileno()
            command = (*server, "--bind", f"fd://{fd}")
            # On SIGQUIT, gunicorn does not wait for answers under way.
            running = background_process(command, signal.SIGQUIT, log, pass_fds=(fd,), **options)
            process = resources.enter_context(running)
        yield f"http://127.0.0.1:{port}", process


def process_options() -> dict[str, Any]:
    """Return options for Popen."""
    own = {name: value for name, value in os.environ.items() if name not in GATEWAY_VARIABLES}
    return {"env": own, "cwd": PROJECT}


def wait_until_healthy(
    url: str, process: Process, log: Path, within_s: float = HEALTHY_WITHIN_S
) -> None:
    """Return when the engine is healthy; raise `StartError` when it ends or takes too long."""
    deadline = time.monotonic() + within_s
    while process.poll() is None and time.monotonic() < deadline:
        if is_healthy(url):
            return
        pause(0.1)
    reason = (
        f"was not ready within {within_s:.0f} s"
        if process.poll() is None
        else "ended before it was ready"
    )
    raise StartError(f"The engine {reason}. The end of {log}:\n{tail(log)}\n{ALTERNATIVE}")


def is_healthy(url: str) -> bool:
    """Return whether GET /health answers 200."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
