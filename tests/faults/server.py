"""An engine that breaks on demand: it answers as scripted, and records its requests."""

import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.faults.answers import Answer, Asked

NOT_FOUND = Answer(404, (b'{"detail": "Not Found"}',))
LONGEST_HANG_S = 60.0


class FaultServer:
    """Scripts by path; an unscripted path answers 404. `left`: the gateway hung up on a hang."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []
        self.left = threading.Event()

    def answer(self, path: str, body: object = None, **how: object) -> None:
        """Script a path: JSON, text or bytes, or `pieces` of a stream."""
        if "pieces" not in how:
            how["pieces"] = (body if isinstance(body, bytes) else json.dumps(body).encode(),)
        self.answers[path] = Answer(**how)  # type: ignore[arg-type]

    def break_with(self, path: str, answer: Answer) -> None:
        """Script a path with one of the breakages."""
        self.answers[path] = answer

    def respond(self, path: str, respond: Callable[[Asked], Answer]) -> None:
        """Script a path whose answer depends on the request."""
        self.answers[path] = respond

    def reset(self) -> None:
        """Remove all scripts and recorded requests."""
        self.answers.clear()
        self.asked.clear()
        self.left.clear()

    def paths(self) -> list[str]:
        """Return the paths of the requests, in order."""
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
        answer = self.faults.answers.get(self.path, NOT_FOUND)
        if not isinstance(answer, Answer):
            answer = answer(asked)
        time.sleep(answer.after_s)
        try:
            self._send(answer)
        except OSError:
            self.close_connection = True  # the gateway hung up, which some tests want

    def _send(self, answer: Answer) -> None:
        if not answer.bare:
            self._begin(answer)
        for piece in filter(None, answer.pieces):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if answer.chunked else piece)
            time.sleep(answer.pause_s)
        if answer.hangs:
            self._wait_for_the_end()
        if answer.cut:
            self._reset_connection()
        elif answer.chunked:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = answer.announced is None

    def _begin(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.announced is not None:
            self.send_header("Content-Length", str(answer.announced))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _wait_for_the_end(self) -> None:
        readable, _, _ = select.select([self.connection], [], [], LONGEST_HANG_S)
        if readable:
            self.faults.left.set()

    def _reset_connection(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class _Server(ThreadingHTTPServer):
    # Simultaneous connections must all be accepted; the default queue holds five.
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Log nothing: the gateway hung up while its request was read."""


@contextmanager
def running_fault_server(port: int = 0) -> Iterator[FaultServer]:
    """Serve on this port, or a free one, until the end of the block."""

    class Handler(_Handler):
        pass

    with _Server(("127.0.0.1", port), Handler) as server:
        Handler.faults = faults = FaultServer(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield faults
        server.shutdown()
