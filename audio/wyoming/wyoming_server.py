"""The server of Wyoming's conversations: it opens, limits and ends them."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass

from django.conf import settings
from wyoming.error import Error

from audio.api.listening_server import end_connections, stop_signal, url
from audio.wyoming.conversation import Conversation
from audio.wyoming.discovery import announced, is_loopback
from audio.wyoming.event_connection import EventConnection
from audio.wyoming.frames import MAX_HEADER_BYTES, write_frame

logger = logging.getLogger("audio.wyoming")
FULL = Error("This server has as many connections as it may have.", "too_many_connections")
CLOSE_S = 2.0
# Minutes of audio, which a client may have sent before it read that it is refused.
MOST_DROPPED_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where the server listens, and how long it may take to end.

    `announced_as` is the name under which it is announced by mDNS, empty for none.
    """

    host: str
    port: int
    graceful_s: float = 30.0
    announced_as: str = ""


class Conversations:
    """The connections under way; each may have a thread that asks the engines."""

    def __init__(self) -> None:
        self._open: set[EventConnection] = set()
        self._threads = ThreadPoolExecutor(settings.WYOMING_CONNECTIONS, "wyoming")

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a client until its connection ends."""
        if len(self._open) >= settings.WYOMING_CONNECTIONS:
            await _refuse(reader, writer)
            return
        connection = EventConnection(reader, writer, self._threads)
        self._open.add(connection)
        try:
            await Conversation(connection).serve()
            await _close(reader, writer)
        except Exception:
            logger.exception("a conversation failed")
            writer.transport.abort()
        finally:
            self._open.discard(connection)

    async def end(self, within_s: float) -> None:
        """End all conversations, each after the request under way, as far as time allows."""
        await end_connections(self._open, within_s)
        self._threads.shutdown(wait=False, cancel_futures=True)


async def run(address: ListenAddress) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises
    ------
    OSError
        Where the address cannot be listened at.
    CannotAnnounce
    """
    stop, conversations = stop_signal(), Conversations()
    server = await asyncio.start_server(
        conversations.accept, address.host, address.port, limit=MAX_HEADER_BYTES
    )
    port = server.sockets[0].getsockname()[1]
    if not is_loopback(address.host):
        logger.warning("Wyoming has no keys: every program that reaches this port is served.")
    async with AsyncExitStack() as announcements:
        if address.announced_as:
            announcement = announced(address.announced_as, address.host, port)
            await announcements.enter_async_context(announcement)
        logger.info("listening", extra={"url": url("tcp", address.host, port)})
        await stop.wait()
    server.close()
    await conversations.end(address.graceful_s)


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await write_frame(writer, FULL)
    except (OSError, TimeoutError):
        logger.info("a client left")
    await _close(reader, writer)


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close a connection once what was sent is read; cut it where that takes too long.

    What still arrives is dropped: a connection that is closed before it is read is reset, and the
    client would lose the last event.
    """
    try:
        async with asyncio.timeout(CLOSE_S):
            if not writer.transport.is_closing():
                writer.write_eof()
            dropped = 0
            while dropped < MOST_DROPPED_BYTES and (block := await reader.read(MAX_HEADER_BYTES)):
                dropped += len(block)
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError):
        writer.transport.abort()
