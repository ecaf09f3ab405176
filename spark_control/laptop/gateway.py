"""The gateway as in production, on a free port: for the demo, the benchmarks and the tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spark_control.laptop import PROJECT
from spark_control.laptop.built_in_engine import is_healthy
from spark_control.laptop.data_folder import tail
from spark_control.laptop.processes import StartError

SERVER = ("-m", "spark_control.server")
HEALTHY_WITHIN_S = 120.0
GRACE_S = 40.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway."""

    url: str
    log: Path
    pid: int


@contextmanager
def running_gateway(log: Path, settings: Mapping[str, str]) -> Iterator[Gateway]:
    """Run a gateway for the block; `settings` take precedence over the environment."""
    with reserved_port() as port:
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 — our own server
                [sys.executable, *SERVER, "--bind", f"127.0.0.1:{port}"],
                cwd=PROJECT,
                env={**os.environ, **settings},
                stdout=output,
                stderr=output,
            )
        gateway = Gateway(f"http://127.0.0.1:{port}", log, process.pid)
        try:
            _wait_until_healthy(gateway, process)
            yield gateway
        finally:
            process.terminate()
            process.wait(timeout=GRACE_S)


@contextmanager
def reserved_port() -> Iterator[int]:
    """Keep a free port for the block: only sockets that share it, as the server's, may bind it."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def _wait_until_healthy(gateway: Gateway, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        if is_healthy(gateway.url):
            return
        time.sleep(0.05)
    raise StartError(f"The gateway did not start. The end of {gateway.log}:\n{tail(gateway.log)}")
