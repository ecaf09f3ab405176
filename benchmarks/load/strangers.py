"""Health checks while strangers hold connections, and while both engines hang."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle

import httpx
import numpy as np

from benchmarks.load.clients import KINDS, Kind
from benchmarks.load.engine import CALM
from benchmarks.load.engines import EngineProcess
from benchmarks.load.verdict import Verdict

MOST_P99_S = 0.3
HALF_CLOSED_PER_S, SLOW_HEADS, HANGING = 40, 64, 80
HANG = "hang"
CHECK_EACH_S, CRUMB_EACH_S = 0.05, 0.5
PATIENCE_S = 60.0
CHECK = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
# How long the gateway lets an engine hang here.
HANG_S = 2.0


def _as_bytes(kind: Kind) -> bytes:
    url = f"http://127.0.0.1{kind.path}"
    request = httpx.Request(kind.method, url, headers={"Connection": "close"}, **kind.options)
    body = request.read()
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join([f"{kind.method} {kind.path} HTTP/1.1", *lines, "", ""])
    return head.encode() + body


ASKED = [_as_bytes(kind) for kind in KINDS if kind.name in ("speech", "transcription")]


@dataclass(frozen=True, slots=True)
class Strangers:
    """A gateway, and what is done to it for some seconds each."""

    port: int
    engines: Mapping[str, EngineProcess]
    seconds: float

    def verdicts(self) -> Iterator[Verdict]:
        """Do everything in turn, and judge the health checks meanwhile."""
        for what, annoyed in (
            (f"{HALF_CLOSED_PER_S} half-closed connections a second", self._half_closed),
            (f"{SLOW_HEADS} slow heads", self._slow_heads),
            (f"both engines hanging with {HANGING} requests", self._hanging_engines),
        ):
            with annoyed():
                took = self._checks()
            p99_s = float(np.percentile(took, 99))
            yield Verdict(
                f"{what}: /healthz p99 ≤ {MOST_P99_S:g} s",
                p99_s <= MOST_P99_S,
                f"{p99_s:.3f} s, at most {max(took):.3f} s, of {len(took)} in {self.seconds:g} s",
            )

    def _checks(self) -> list[float]:
        until, took = time.monotonic() + self.seconds, []
        while (started := time.monotonic()) < until:
            with self._connection(CHECK) as connection:
                answer = connection.recv(65_536)
            is_well = answer.startswith(b"HTTP/1.1 200")
            took.append(time.monotonic() - started if is_well else np.inf)
            time.sleep(CHECK_EACH_S)
        return took

    @contextmanager
    def _half_closed(self) -> Iterator[None]:
        with ExitStack() as held:

            def connect() -> None:
                held.enter_context(self._connection(CHECK))

            with _repeated(connect, 1 / HALF_CLOSED_PER_S):
                yield

    @contextmanager
    def _slow_heads(self) -> Iterator[None]:
        with ExitStack() as held:
            slow = [held.enter_context(self._connection(HALF_A_HEAD)) for _ in range(SLOW_HEADS)]

            def send_crumbs() -> None:
                for number, connection in enumerate(slow):
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        # The gateway closes it after a while; then another takes its place.
                        slow[number] = held.enter_context(self._connection(HALF_A_HEAD))

            with _repeated(send_crumbs, CRUMB_EACH_S):
                yield

    @contextmanager
    def _hanging_engines(self) -> Iterator[None]:
        slots: list[socket.socket | None] = [None] * HANGING
        numbers = cycle(range(HANGING))

        def replace_next() -> None:
            """Wait for the answer that is due first, and ask again."""
            number = next(numbers)
            if connection := slots[number]:
                _read_whole(connection)
            slots[number] = self._connection(ASKED[number % len(ASKED)])

        for engine in self.engines.values():
            engine.be(HANG)
        try:
            # One by one: simultaneous requests would measure how they start.
            with _repeated(replace_next, HANG_S / HANGING):
                yield
        finally:
            for engine in self.engines.values():
                engine.be(CALM)
            for connection in filter(None, slots):
                _read_whole(connection)

    def _connection(self, start: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        with suppress(OSError):
            connection.sendall(start)
        return connection


def _read_whole(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        while connection.recv(65_536):
            pass


@contextmanager
def _repeated(work: Callable[[], None], each_s: float) -> Iterator[None]:
    """Repeat work in another thread until the end of the block."""
    over = threading.Event()

    def repeat() -> None:
        while not over.wait(each_s):
            work()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
