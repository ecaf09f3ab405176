"""One client's connection: events in and out within limits of time, and threads for its work."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor
from http import HTTPStatus
from typing import TypeVar

from django.conf import settings
from wyoming.error import Error
from wyoming.event import Event, Eventable

from audio import context
from audio.api import request_log
from audio.api.errors import problem_of
from audio.api.event_fields import InvalidEvent
from audio.context import RequestEntry, WorkContext
from audio.wyoming.frames import BadFrame, read_frame, write_frame

METHOD = "WYOMING"
T = TypeVar("T")
# The last one: the server ends while a thread waits for its client.
CLIENT_LEFT = (ConnectionError, TimeoutError, CancelledError)


class Refused(Exception):
    """Why a connection ends: the client is shown the text and the code."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.error = Error(text, code)


class EventConnection:
    """A client's connection; `threads` ask the engines."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, threads: Executor
    ) -> None:
        self._reader, self._writer, self._threads = reader, writer, threads
        self._loop = asyncio.get_running_loop()
        self._failure: BaseException | None = None
        self._reading: asyncio.Timeout | None = None
        self._is_stopping = False

    def stop(self) -> None:
        """Read no further event."""
        self._is_stopping = True
        self._stop_reading()

    def fail(self, failure: BaseException) -> None:
        """Read no further event, because of what went wrong beside the reading."""
        self._failure = failure
        self._stop_reading()

    def abandon(self) -> None:
        """Cut the connection, which ends the engine calls under way."""
        self._writer.transport.abort()

    async def next(self) -> Event | None:
        """Return the next event; None where the client has ended its side.

        Raises
        ------
        Refused, ConnectionError
        """
        self._raise_if_over()
        try:
            async with asyncio.timeout(settings.CLIENT_TIMEOUT_S) as self._reading:
                return await read_frame(self._reader)
        except BadFrame as error:
            raise Refused(str(error), "bad_frame") from error
        except TimeoutError:
            self._raise_if_over()
            raise Refused("No event has arrived for too long.", "idle_timeout") from None
        finally:
            self._reading = None

    async def send(self, event: Eventable) -> None:
        """Send an event; return when the client has read most of what was sent.

        Raises
        ------
        ConnectionError, TimeoutError
        """
        await write_frame(self._writer, event)

    def send_from_thread(self, event: Eventable) -> None:
        """Send an event from a thread, as `send` does."""
        asyncio.run_coroutine_threadsafe(self.send(event), self._loop).result()

    async def in_thread(self, route: str, ask: Callable[[RequestEntry], T]) -> T:
        """Ask the engines in a thread, with a line of its own in the request log.

        Raises
        ------
        Refused, ConnectionError, TimeoutError
        """
        return await self._loop.run_in_executor(self._threads, self._noted, route, ask)

    def _noted(self, route: str, ask: Callable[[RequestEntry], T]) -> T:
        entry = RequestEntry(METHOD, time.monotonic(), route)
        work = WorkContext(
            trace=context.new_trace(context.new_request_id()),
            request=entry,
            client_has_left=self._writer.transport.is_closing,
            calls_end_with_client=True,
        )
        context.begin(work)
        try:
            answer = ask(entry)
        except CLIENT_LEFT:
            entry.is_cut = True
            raise
        except InvalidEvent as error:
            entry.status = HTTPStatus.BAD_REQUEST
            raise Refused(str(error), error.code) from error
        except Exception as failure:
            problem = problem_of(failure)
            entry.status = problem.status
            raise Refused(problem.message, problem.code or "failed") from failure
        else:
            entry.status = HTTPStatus.OK
            return answer
        finally:
            request_log.write(entry)
            context.end()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.reschedule(self._loop.time())

    def _raise_if_over(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_stopping:
            raise Refused("The server is stopping; connect again.", "server_stopping")
