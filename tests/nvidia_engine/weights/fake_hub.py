"""A hub on loopback that serves files, and fails as hubs do."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class FakeHub(ThreadingHTTPServer):
    """Serves `files` by path.

    Attributes
    ----------
    cut_after
        Bytes after which the next transfers break off, one entry each.
    asked
        The Range header of each request, or None.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.cut_after: list[int] = []
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def do_GET(self) -> None:
        range_ = self.headers.get("Range")
        self.server.asked.append(range_)
        if target := self.server.redirects.get(self.path):
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()
            return
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(range_.removeprefix("bytes=").rstrip("-")) if range_ else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        part = content[start:]
        if self.server.cut_after:
            part = part[: self.server.cut_after.pop(0)]
        self.wfile.write(part)

    def log_message(self, format: str, *args: object) -> None:
        """Write no line."""


@contextmanager
def running_hub() -> Iterator[FakeHub]:
    """Serve until the end of the context."""
    with FakeHub() as hub:
        thread = Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()
