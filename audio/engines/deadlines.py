"""How long may a call to an engine take, from its first byte to the last?

httpx times every read and write by itself, so an engine that trickles a byte a second is never
late. Here a socket is given, each time, no more than what is left of the call; and a call that is
of no use without its client looks after the client while the engine is silent.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpcore
from django.conf import settings

from audio import presence

# How often the client is looked after, and how much is written before the clock is looked at.
GLANCE_S = 0.5
WRITE_BYTES = 256 * 1024

SocketOption = httpcore.SOCKET_OPTION


@dataclass(slots=True)
class Call:
    """A call under way: until when it may last, and whether the engine has hung up."""

    until: float
    ends_with_client: bool
    broke_off: bool = False

    def left_s(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the call took longer than it may")
        return left

    def glance_s(self) -> float:
        """How long to wait before the next look at the client."""
        left = self.left_s()
        if not self.ends_with_client:
            return left
        presence.stay()
        return min(left, GLANCE_S)


_call: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def within(seconds: float, *, ends_with_client: bool = False) -> Iterator[Call]:
    """Connections inside the block are used for no longer than this, however little they ask."""
    call = Call(time.monotonic() + seconds, ends_with_client)
    token = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(token)


def allowed_s(audio_s: float | None) -> float:
    """How long an engine may work on so much audio; on an unknown length as long as on any."""
    longest: float = settings.ENGINE_TIMEOUT_S
    if audio_s is None:
        return longest
    needed: float = settings.ENGINE_BASE_TIMEOUT_S + settings.ENGINE_TIMEOUT_PER_AUDIO_S * audio_s
    return min(longest, needed)


class TimedBackend(httpcore.SyncBackend):
    """Connections whose every wait is part of the call they are used for."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        call = _call.get()
        if call and timeout is not None:
            timeout = min(timeout, call.left_s())
        return _Timed(super().connect_tcp(host, port, timeout, local_address, socket_options))


class _Timed(httpcore.NetworkStream):
    """A connection; outside of `within` it keeps httpx's own times."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        call = _call.get()
        if call is None:
            return self._stream.read(max_bytes, timeout)
        while True:
            wait_s = call.glance_s()
            try:
                block = self._stream.read(max_bytes, wait_s)
            except httpcore.ReadTimeout:
                continue
            call.broke_off = not block
            return block

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        call = _call.get()
        if call is None:
            return self._stream.write(buffer, timeout)
        for start in range(0, len(buffer), WRITE_BYTES):
            # A view, because what is not yet sent would be copied after each part that is.
            part = memoryview(buffer)[start : start + WRITE_BYTES]
            self._stream.write(part, call.left_s())  # type: ignore[arg-type]
        return None

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
