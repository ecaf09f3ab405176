"""The built-in engine, a process of its own that stands in for both GPU containers."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from spark_control.laptop import PROJECT
from spark_control.laptop.folder import tail
from spark_control.laptop.processes import Failed, Process, pause, service, step
from spark_control.laptop.progress import progress

MODELS = (sys.executable, "-m", "cpu_engine.models")
SERVER = (
    *(sys.executable, "-m", "gunicorn"),
    *("-c", "python:cpu_engine.server", "cpu_engine.wsgi"),
)
HEALTHY_WITHIN_S = 120.0
# They speak of the gateway, and both programs would listen to them.
OF_THE_GATEWAY = {"DJANGO_SETTINGS_MODULE", "GUNICORN_CMD_ARGS", "WEB_CONCURRENCY"}
OR_ELSE = (
    "Without the built-in engine: set PARAKEET_URL and KOKORO_URL to engines that run, "
    "or pass --no-engines."
)


@contextmanager
def built_in_engine(data: Path) -> Iterator[str]:
    """The URL of an engine that runs as long as the block."""
    fetch_models()
    log = data / "engine.log"
    with ExitStack() as everything:
        with progress("engine"):
            url, process = everything.enter_context(serving(log))
            wait_until_healthy(url, process, log)
        yield url


def fetch_models() -> None:
    # Its standard output is progress; the command's own output must stay clean.
    if step(MODELS, stdout=sys.stderr, **options()):
        again = "python -m cpu_engine.models"
        raise Failed(f"The models could not be prepared; `{again}` tries again. {OR_ELSE}")


@contextmanager
def serving(log: Path) -> Iterator[tuple[str, Process]]:
    with ExitStack() as everything:
        # The engine inherits the socket, so nobody can take the port in between. Our own copy is
        # closed at once: a connection to an engine that died must be refused, not left waiting.
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port, fd = listener.getsockname()[1], listener.fileno()
            command = (*SERVER, "--bind", f"fd://{fd}")
            # SIGQUIT: gunicorn then does not wait for answers under way.
            server = service(command, signal.SIGQUIT, log, pass_fds=(fd,), **options())
            process = everything.enter_context(server)
        yield f"http://127.0.0.1:{port}", process


def options() -> dict[str, Any]:
    own = {name: value for name, value in os.environ.items() if name not in OF_THE_GATEWAY}
    return {"env": own, "cwd": PROJECT}


def wait_until_healthy(url: str, process: Process, log: Path) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        if is_healthy(url):
            return
        pause(0.1)
    ended = process.poll() is not None
    why = (
        "ended before it was ready" if ended else f"was not ready within {HEALTHY_WITHIN_S:.0f} s"
    )
    raise Failed(f"The engine {why}. The end of {log}:\n{tail(log)}\n{OR_ELSE}")


def is_healthy(url: str) -> bool:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
