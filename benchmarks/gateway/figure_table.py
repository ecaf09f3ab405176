"""Figures and curves, and the set-up that measures them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gateway.timing import Ports
from benchmarks.measures.requests import SETTINGS
from spark_control.laptop.built_in_engine import is_healthy
from spark_control.laptop.gateway import Gateway, running_gateway

BARE = ("--threads", "64", "--keep-alive", "75", "benchmarks.gateway.bare_wsgi:application")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as text, with its target and whether it is reached."""

    what: str
    asked: str
    measured: str
    reached: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The points of a plot."""

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Bench:
    """Ports and processes of one run, and its number of rounds."""

    engine_port: int
    room: Path
    rounds: int
    seconds: float

    @contextmanager
    def gateway(self, **settings: str) -> Iterator[Gateway]:
        """Run a gateway over the engine with its own upload folder."""
        uploads = self.room / "uploads"
        uploads.mkdir(exist_ok=True)
        engine = f"http://127.0.0.1:{self.engine_port}"
        engines = {"PARAKEET_URL": engine, "KOKORO_URL": engine, "DATABASE_URL": ""}
        given = SETTINGS | engines | {"UPLOADS_DIR": str(uploads)} | settings
        with running_gateway(self.room / "gateway.log", given) as gateway:
            yield gateway

    @contextmanager
    def floor(self) -> Iterator[Ports]:
        """Run the bare WSGI application under gunicorn, like the gateway."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port, fd = listener.getsockname()[1], listener.fileno()
            command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{fd}", *BARE]
            process = subprocess.Popen(  # noqa: S603 — our own server
                command,
                pass_fds=(fd,),
                env=os.environ | {"ENGINE_URL": f"http://127.0.0.1:{self.engine_port}"},
                stderr=subprocess.DEVNULL,
            )
        try:
            while not is_healthy(f"http://127.0.0.1:{port}"):
                time.sleep(0.05)
            yield Ports(port, self.engine_port)
        finally:
            process.terminate()
            process.wait()

    def ports(self, gateway: Gateway) -> Ports:
        return Ports(int(gateway.url.rpartition(":")[2]), self.engine_port)


Results = Iterator[Figure | Curve]
