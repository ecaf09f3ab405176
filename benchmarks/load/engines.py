"""Both engines as processes that can fail on demand, be killed and be started again."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.load.engine import FAULTS

DOWN = "down"
# A trickled answer lasts longest and must not extend into the other engine's phase.
WAYS = (DOWN, "trickle", *FAULTS)


class EngineProcess:
    """One engine on a fixed port."""

    def __init__(self, name: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.name = name
        self._process = self._started()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def be(self, way: str) -> None:
        """Switch to a way of failing, or to normal operation."""
        if way == DOWN:
            self.kill()
            return
        if self._process.poll() is not None:
            self._process = self._started()
        assert self._process.stdin is not None  # noqa: S101 — it was asked for
        self._process.stdin.write(f"{way}\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """Kill the process, as a container would be killed."""
        self._process.kill()
        self._process.communicate()

    def _started(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603 — our own program
            [sys.executable, "-m", "benchmarks.load.engine", self.name, str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None  # noqa: S101 — it was asked for
        process.stdout.readline()
        return process


@contextmanager
def running_engines() -> Iterator[dict[str, EngineProcess]]:
    """Run Parakeet and Kokoro in normal operation."""
    with ExitStack() as started:
        engines: dict[str, EngineProcess] = {}
        for name in ("parakeet", "kokoro"):
            engines[name] = EngineProcess(name)
            started.callback(engines[name].kill)
        yield engines
