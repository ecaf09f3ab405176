"""One client's connection: messages in, events out, and items transcribed one after the other."""

import asyncio
import logging
import time
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass

import orjson
from django.conf import settings
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from audio import context, metrics
from audio.api import request_log
from audio.api.errors import problem_of
from audio.context import RequestEntry, WorkContext
from audio.realtime import events
from audio.realtime.events import Event
from audio.realtime.handshake import PATH, Admission
from audio.realtime.item_transcription import Item, transcribe_item
from audio.realtime.session import Reply, Session

logger = logging.getLogger("audio.realtime")


class ClientStalled(Exception):
    """The client does not read what it is sent."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Why the server ends a session."""

    message: str
    code: str
    close_code: CloseCode = CloseCode.NORMAL_CLOSURE


EXPIRED = Farewell(
    "The session has reached its longest duration; open another.", "session_expired"
)
IDLE = Farewell("No event has arrived for too long; open another session.", "idle_timeout")
STOPPING = Farewell(
    "The server is stopping; open another session.", "server_stopping", CloseCode.GOING_AWAY
)


class Connection:
    """A client's session and its socket; `threads` ask the engines."""

    def __init__(self, socket: ServerConnection, admission: Admission, threads: Executor) -> None:
        self._socket, self._admission, self._threads = socket, admission, threads
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._session = Session(
            admission.settings,
            is_beta=admission.is_beta,
            expires_at=int(time.time() + settings.REALTIME_SESSION_S),
        )
        self._items: asyncio.Queue[tuple[Item, float]] = asyncio.Queue()
        self._waiting_s = 0.0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._receiving: asyncio.Timeout | None = None
        self._finishing: asyncio.Timeout | None = None
        self._is_stopping = self._is_abandoned = self._has_left = self._is_cut = False
        self._transcribed = 0

    async def serve(self) -> None:
        """Serve the session until it ends."""
        metrics.REALTIME_SESSIONS.inc()
        try:
            async with asyncio.TaskGroup() as group:
                transcribing = group.create_task(self._transcribe_items())
                await self._send([self._session.opened()])
                await self._receive_and_finish()
                transcribing.cancel()
        except* ClientStalled:
            # A closing handshake would wait for the client, too.
            self._socket.transport.abort()
            self._is_cut = True
        except* ConnectionClosed:
            pass
        finally:
            self._has_left = True
            metrics.REALTIME_SESSIONS.dec()
            self._log()

    def stop(self) -> None:
        """Read no further message; the session ends once its items are transcribed."""
        self._is_stopping = True
        self._has_room.set()
        if self._receiving is not None:
            self._receiving.reschedule(self._loop.time())

    def abandon(self) -> None:
        """Wait no longer for items that are not transcribed yet."""
        self._is_abandoned = True
        if self._finishing is not None:
            self._finishing.reschedule(self._loop.time())

    async def _receive_and_finish(self) -> None:
        while not isinstance(message := await self._next_message(), Farewell):
            await self._take(await self._read(message))
        await self._finish_items()
        await self._send([events.error(message.message, code=message.code)])
        await self._socket.close(message.close_code)

    async def _finish_items(self) -> None:
        """Wait for the items that were committed, unless the server has no time for them."""
        try:
            async with asyncio.timeout(0 if self._is_abandoned else None) as self._finishing:
                await self._items.join()
        except TimeoutError:
            pass
        finally:
            self._finishing = None

    async def _next_message(self) -> str | bytes | Farewell:
        """Return the next message, or why the session ends.

        Raises
        ------
        ConnectionClosed
        """
        await self._has_room.wait()
        left_s = self._began + settings.REALTIME_SESSION_S - self._loop.time()
        if self._is_stopping or left_s <= 0:
            return STOPPING if self._is_stopping else EXPIRED
        try:
            async with asyncio.timeout(min(left_s, settings.REALTIME_IDLE_S)) as self._receiving:
                return await self._socket.recv()
        except TimeoutError:
            is_idle = left_s > settings.REALTIME_IDLE_S
            return STOPPING if self._is_stopping else IDLE if is_idle else EXPIRED
        finally:
            self._receiving = None

    async def _read(self, message: str | bytes) -> Reply:
        if self._session.takes_long(message):
            return await self._loop.run_in_executor(self._threads, self._session.receive, message)
        return self._session.receive(message)

    async def _take(self, reply: Reply) -> None:
        await self._send(reply.events)
        for item in reply.items:
            self._items.put_nowait((item, time.monotonic()))
            self._wait_for(item.seconds)

    async def _transcribe_items(self) -> None:
        while True:
            item, committed = await self._items.get()
            found = await self._loop.run_in_executor(
                self._threads, self._transcribe, item, committed
            )
            self._wait_for(-item.seconds)
            await self._send(found)
            self._items.task_done()

    def _transcribe(self, item: Item, committed: float) -> list[Event]:
        """Transcribe an item in a thread, with a line of its own in the request log."""
        entry = RequestEntry("GET", committed, PATH, self._admission.client.name)
        entry.bytes_in = item.samples.nbytes
        trace = context.new_trace(context.new_request_id())
        work = WorkContext(
            trace=trace,
            request=entry,
            client_has_left=lambda: self._has_left,
            calls_end_with_client=True,
        )
        context.begin(work)
        try:
            return self._transcript(item, entry)
        finally:
            request_log.write(entry)
            context.end()

    def _transcript(self, item: Item, entry: RequestEntry) -> list[Event]:
        try:
            transcript = transcribe_item(item, reader=self._admission.reader)
        except Exception as failure:
            problem = problem_of(failure)
            entry.status = problem.status
            return [events.failed_event(item.id, problem.body()["error"])]
        entry.status, entry.bytes_out = 200, len(transcript.text.encode())
        self._transcribed += 1
        return events.transcript_events(item.id, transcript)

    def _wait_for(self, seconds: float) -> None:
        """Count audio that waits for its transcription; read nothing while it is too much."""
        self._waiting_s += seconds
        if self._waiting_s > settings.REALTIME_BUFFER_S:
            self._has_room.clear()
        else:
            self._has_room.set()

    async def _send(self, outgoing: Iterable[Event]) -> None:
        """Send events.

        Raises
        ------
        ClientStalled, ConnectionClosed
        """
        try:
            for one in outgoing:
                async with asyncio.timeout(settings.CLIENT_TIMEOUT_S):
                    await self._socket.send(orjson.dumps(one), text=True)
        except TimeoutError:
            raise ClientStalled from None

    def _log(self) -> None:
        logger.info(
            "session",
            extra={
                "session": self._session.id,
                "key": self._admission.client.name,
                "ms": round((self._loop.time() - self._began) * 1000, 1),
                "items": self._transcribed,
                "close_code": self._socket.close_code,
                **({"cut": True} if self._is_cut else {}),
            },
        )
