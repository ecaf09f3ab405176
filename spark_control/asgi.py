"""The gateway as an ASGI application: its WSGI application in threads, behind an event loop.

WSGI has no word for a client that leaves, nor a deadline for one that is slow; ASGI has no threads
for an application that waits for engines.
"""

import asyncio
import io
import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from audio.api.client_connection import SMALL_BODY, ClientConnection, Message, Receive, Send
from audio.api.uploads.request_body import FORM
from audio.context import ClientLeft
from audio.engines.failures import EngineError
from spark_control import settings
from spark_control.wsgi import application as wsgi_application

logger = logging.getLogger("audio.request")


class Threads:
    """The ASGI application that answers each request in a thread, through a WSGI application."""

    def __init__(self, application: WSGIApplication, count: int) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="request")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        environ = make_environ(scope)
        client = ClientConnection(
            receive,
            send,
            declared_length(environ),
            expects_go_ahead=environ.get("HTTP_EXPECT", "").lower() == "100-continue",
        )
        environ["spark_control.client"] = client
        if _is_small(environ):
            await client.receive_small_body()
        try:
            loop = asyncio.get_running_loop()
            await client.send_last(
                await loop.run_in_executor(self._pool, self._answer, environ, client)
            )
        except Exception as error:
            if not isinstance(error, (ClientLeft, EngineError)):
                logger.exception("the answer broke off")
            # Then the server cuts the connection, so that the answer does not look complete.
            raise
        finally:
            client.end()

    def _answer(self, environ: WSGIEnvironment, client: ClientConnection) -> list[Message]:
        """Answer a request in a thread; return the messages that complete the answer."""
        answer = _Answer(client)
        blocks = self._application(environ, answer.start)
        try:
            for block in filter(None, blocks):
                answer.add(block)
        finally:
            if close := getattr(blocks, "close", None):
                close()
        return answer.unsent


class _Answer:
    """The messages of one answer: sent early while more follows, else kept for the end."""

    def __init__(self, client: ClientConnection) -> None:
        self._client = client
        self._bytes_left: int | None = None
        self.unsent: list[Message] = []

    def start(
        self, status: str, headers: list[tuple[str, str]], *_exception: object
    ) -> Callable[[bytes], None]:
        """Begin the answer, as `start_response` of WSGI."""
        lengths = (value for name, value in headers if name.lower() == "content-length")
        self._bytes_left = next(map(int, lengths), None)
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        self.unsent = [
            {"type": "http.response.start", "status": int(status[:3]), "headers": encoded}
        ]
        return self.add

    def add(self, block: bytes) -> None:
        """Send a block; the last one of an answer whose length is known is kept."""
        self.unsent.append({"type": "http.response.body", "body": block, "more_body": True})
        if self._bytes_left is not None:
            self._bytes_left -= len(block)
        if self._bytes_left != 0:
            self._client.send_early(*self.unsent)
            self.unsent.clear()


def make_environ(scope: Message) -> WSGIEnvironment:
    """Return the environment of WSGI for a request; a header with an underscore is dropped.

    In the environment it would have the name of another header, which proxies check.
    """
    (server, port), (client, client_port) = scope["server"], scope["client"]
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:
            _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: WSGIEnvironment, name: str, value: str) -> None:
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    separator = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value


def declared_length(environ: WSGIEnvironment) -> int | None:
    """Return the length of the body; None if it is chunked."""
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Where both are given, the chunks count.
        environ.pop("CONTENT_LENGTH", None)
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)


def _is_small(environ: WSGIEnvironment) -> bool:
    length = declared_length(environ)
    if length is None:
        # Strangers may send forms, to log in; anything else is refused before it is read.
        return str(environ.get("CONTENT_TYPE", "")).startswith(FORM)
    return 0 < length <= SMALL_BODY


async def _live(receive: Receive, send: Send) -> None:
    """Exit immediately on Ctrl-C: the server would wait for each answer under way."""
    await receive()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, os._exit, 0)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


application = Threads(wsgi_application, settings.WEB_THREADS)
