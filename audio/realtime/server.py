"""The server of realtime sessions: it opens, limits and ends them."""

import logging
import resource
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from weakref import WeakKeyDictionary

from django.conf import settings
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from audio import metrics
from audio.api.listening_server import end_connections, stop_signal, url
from audio.api.request_errors import InvalidRequest
from audio.realtime.connection import Connection
from audio.realtime.handshake import (
    PATH,
    SUBPROTOCOL,
    Admission,
    admit,
    plain_answer,
    refusal,
)

logger = logging.getLogger("audio.realtime")
# OpenAI's limit for the audio of one event, 15 MiB, and the rest of the event.
LONGEST_MESSAGE = 16 * 1024 * 1024
# Frames that wait to be read: the rest stays in the client's socket.
MOST_QUEUED = 2
PING_S = 20.0
CLOSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, with TLS where there is a context."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    graceful_s: float = 30.0


class TooManySessions(InvalidRequest):
    """There are as many sessions as may be, or as many of one key."""

    headers = {"Retry-After": "30"}

    def __init__(self, reason: str) -> None:
        self.status_code = {
            "busy": HTTPStatus.SERVICE_UNAVAILABLE,
            "key_share": HTTPStatus.TOO_MANY_REQUESTS,
        }[reason]
        whose = "This API key has" if reason == "key_share" else "This server has"
        super().__init__(
            f"{whose} as many realtime sessions as it may have; end one, or try again later.",
            code="too_many_sessions",
        )
        metrics.REALTIME_REFUSALS.labels(reason).inc()


class Sessions:
    """The sessions under way; each thread of the pool transcribes for one of them."""

    def __init__(self) -> None:
        self._admitted: WeakKeyDictionary[ServerConnection, Admission] = WeakKeyDictionary()
        self._open: set[Connection] = set()
        self._threads = ThreadPoolExecutor(settings.REALTIME_SESSIONS, "realtime")

    def answer(self, socket: ServerConnection, request: Request) -> Response | None:
        """Admit a handshake; return the answer to any other request, and the refusal of one."""
        address = socket.remote_address or ("", 0)
        try:
            if answered := plain_answer(request, address):
                return answered
            admission = admit(request, address)
            self._check_room(admission)
        except Exception as failure:
            return refusal(failure)
        self._admitted[socket] = admission
        return None

    async def handle(self, socket: ServerConnection) -> None:
        """Serve a session."""
        connection = Connection(socket, self._admitted[socket], self._threads)
        self._open.add(connection)
        try:
            await connection.serve()
        except Exception:
            logger.exception("a session failed")
            await socket.close(CloseCode.INTERNAL_ERROR)
        finally:
            self._open.discard(connection)
            self._admitted.pop(socket, None)

    async def end(self, within_s: float) -> None:
        """End all sessions, each after its items, as far as time allows."""
        await end_connections(self._open, within_s)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check_room(self, admission: Admission) -> None:
        most, name = settings.REALTIME_SESSIONS, admission.client.name
        if len(self._admitted) >= most:
            raise TooManySessions("busy")
        of_key = sum(one.client.name == name for one in self._admitted.values())
        if settings.API_KEYS and of_key >= max(1, settings.ENGINE_KEY_SHARE * most):
            raise TooManySessions("key_share")


def select_subprotocol(
    socket: ServerConnection, offered: Sequence[Subprotocol]
) -> Subprotocol | None:
    """Return OpenAI's subprotocol where it is offered; the others carry keys and versions."""
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


async def run(address: Address) -> None:
    """Serve until SIGTERM or SIGINT."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    stop, sessions = stop_signal(), Sessions()
    async with await _listen(address, sessions) as server:
        _announce(address, server)
        await stop.wait()
        server.close(close_connections=False)
        await sessions.end(address.graceful_s)
        server.close()


async def _listen(address: Address, sessions: Sessions) -> Server:
    return await serve(
        sessions.handle,
        address.host,
        address.port,
        ssl=address.tls,
        process_request=sessions.answer,
        select_subprotocol=select_subprotocol,
        # Audio in base64 gains little, and a few bytes could expand to a whole message.
        compression=None,
        server_header=None,
        open_timeout=settings.HEAD_TIMEOUT_S,
        ping_interval=PING_S,
        # A client whose messages are not read now cannot be heard to answer.
        ping_timeout=None,
        close_timeout=CLOSE_S,
        max_size=LONGEST_MESSAGE,
        max_queue=MOST_QUEUED,
    )


def _announce(address: Address, server: Server) -> None:
    scheme, port = "wss" if address.tls else "ws", server.sockets[0].getsockname()[1]
    logger.info("listening", extra={"url": url(scheme, address.host, port) + PATH})
