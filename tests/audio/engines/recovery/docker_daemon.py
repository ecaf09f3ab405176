"""The part of Docker's API that restarts a container, on a Unix socket."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

API_VERSION = "1.51"
_CONTAINER = re.compile(rf"/v{API_VERSION}/containers/([\w-]+)/(json|restart)(\?t=\d+)?")


class DockerDaemon:
    """A few containers, and the requests about them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []
        self.restarts: list[str] = []
        # By container, in seconds since 1970.
        self.started_at = {"engine": 0.0}
        # Set to refuse restarts with a status, or to react to requests.
        self.refuses_with = 0
        self.when_asked: Callable[[str], object] = lambda name: None
        self.when_restarted: Callable[[str], object] = lambda name: None

    def answer(self, line: str) -> tuple[int, object]:
        """Answer a request, given as its method and path."""
        method, path = line.split()
        self.asked.append(line)
        if path == "/version":
            return 200, {"ApiVersion": API_VERSION, "MinAPIVersion": "1.44"}
        found = _CONTAINER.fullmatch(path)
        if not found or found[1] not in self.started_at:
            return 404, {"message": "No such container"}
        if (method, found[2]) == ("POST", "restart"):
            return self._restart(found[1])
        self.when_asked(found[1])
        return 200, {"Name": f"/{found[1]}", "State": {"StartedAt": self._started(found[1])}}

    def _restart(self, name: str) -> tuple[int, object]:
        if self.refuses_with:
            return self.refuses_with, {"message": "Cannot restart container: device busy"}
        self.restarts.append(name)
        self.started_at[name] = time.time()
        self.when_restarted(name)
        return 204, None

    def _started(self, name: str) -> str:
        """Return the start to the nanosecond, as Docker reports it."""
        moment = datetime.fromtimestamp(self.started_at[name], UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "000Z"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    daemon: DockerDaemon

    def do_GET(self) -> None:
        status, answer = self.daemon.answer(f"{self.command} {self.path}")
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:
            self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def running_docker_daemon(folder: Path) -> Iterator[DockerDaemon]:
    """Serve on a socket in the folder until the end of the block."""
    path = folder / "docker.sock"
    daemon = DockerDaemon(f"unix://{path}")

    class Handler(_Handler):
        pass

    Handler.daemon = daemon
    with ThreadingUnixStreamServer(str(path), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield daemon
        server.shutdown()
