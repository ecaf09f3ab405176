"""The engine as a process of its own, over tiny graphs."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.nvidia_engine.models_folder import engine_environment
from tests.waiting import PATIENCE_S, until

ROOT = Path(__file__).parents[3]


class EngineProcess:
    """A running engine and a client of it."""

    def __init__(self, process: subprocess.Popen[bytes], client: httpx.Client, log: Path) -> None:
        self.process, self.client, self._log = process, client, log

    @property
    def log(self) -> str:
        return self._log.read_text()

    def health(self) -> dict[str, object]:
        """Ask for the health; nothing while the server does not listen."""
        try:
            health: dict[str, object] = self.client.get("/health").json()
        except httpx.TransportError:
            return {}
        return health

    def is_healthy(self) -> bool:
        return self.health().get("status") == "healthy"

    def metric(self, name: str) -> float:
        """Read a metric, by its name without the program's and with its labels."""
        text = self.client.get("/metrics").text
        [found] = re.findall(rf"^nvidia_engine_{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return float(found)

    def child(self) -> psutil.Process:
        """Find the process that owns the device."""
        [worker] = psutil.Process(self.process.pid).children()
        return max(worker.children(), key=lambda one: one.memory_info().rss)

    def exit_status(self) -> int:
        return self.process.wait(PATIENCE_S)


@contextmanager
def running_engine(folder: Path, log: Path, **settings: str) -> Iterator[EngineProcess]:
    """Start the engine over a folder of models."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "-c", "python:nvidia_engine.http.server"]
    command += ["--bind", f"fd://{listener.fileno()}", "nvidia_engine.http.wsgi"]
    environment = {**os.environ, **engine_environment(folder, **settings)}
    with (
        log.open("wb") as output,
        httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False) as client,
    ):
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            pass_fds=[listener.fileno()],
        )
        listener.close()
        try:
            yield EngineProcess(process, client, log)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def wait_healthy(engine: EngineProcess) -> None:
    """Wait until the known answer was right."""
    until(lambda: engine.is_healthy() or engine.process.poll() is not None)
    assert engine.process.poll() is None, engine.log
