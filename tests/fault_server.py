"""An engine that breaks on demand: it answers as scripted, and remembers what it was asked."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What to say: `after_s` later, in pieces `pause_s` apart, perhaps cut before the end."""

    status: int = 200
    pieces: tuple[bytes, ...] = (b"",)
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    pause_s: float = 0.0
    cut: bool = False


@dataclass(frozen=True)
class Asked:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        decoded: dict[str, object] = json.loads(self.body)
        return decoded


class FaultServer:
    """Scripts by path; an unscripted path answers 404."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []

    def answer(self, path: str, body: object = None, **how: object) -> None:
        """Script a path: JSON, text or bytes, or `pieces` of a stream."""
        if "pieces" not in how:
            how["pieces"] = (body if isinstance(body, bytes) else json.dumps(body).encode(),)
        self.answers[path] = Answer(**how)  # type: ignore[arg-type]

    def respond(self, path: str, respond: Callable[[Asked], Answer]) -> None:
        """Script a path whose answer depends on what is asked."""
        self.answers[path] = respond

    def reset(self) -> None:
        """Forget everything."""
        self.answers.clear()
        self.asked.clear()

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [asked.path for asked in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults: FaultServer

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _serve(self, body: bytes) -> None:
        asked = Asked(self.path, dict(self.headers), body)
        self.faults.asked.append(asked)
        answer = self.faults.answers.get(self.path, Answer(404, (b'{"detail": "Not Found"}',)))
        if not isinstance(answer, Answer):
            answer = answer(asked)
        time.sleep(answer.after_s)
        try:
            self._say(answer)
        except OSError:
            self.close_connection = True  # the gateway hung up, which some tests want

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in filter(None, answer.pieces):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(answer.pause_s)
        if answer.cut:
            self._reset_connection()
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _reset_connection(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    # Whoever calls at once must be let in at once: five are, where nothing is said.
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: the gateway hung up while it was being listened to."""


@contextmanager
def running_fault_server(port: int = 0) -> Iterator[FaultServer]:
    """Serve on this port, or a free one, until the end of the block."""

    class Handler(_Handler):
        pass

    with _Server(("127.0.0.1", port), Handler) as server:
        Handler.faults = faults = FaultServer(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield faults
        server.shutdown()
