"""A client's connection: received from and sent to in an event loop, used by one thread.

All waits for the client are in the event loop, with a deadline. A thread begins when a small body
has arrived, so clients that send slowly on purpose occupy no thread.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import wait
from typing import Any

from django.conf import settings

from audio.context import ClientLeft

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Bodies up to this length arrive before a thread begins; forms of strangers may not be longer.
SMALL_BODY = 64 * 1024
# A thread that waits for more of a body is woken after this many bytes, or this time.
BLOCK, BLOCK_S = 256 * 1024, 0.1
# The least speed of a body without an API key, after HEAD_TIMEOUT_S: that of the slowest mobile
# networks.
MIN_BYTES_PER_S = 4096
# Most requests are over before their clients need to be watched.
WATCHED_AFTER_S = 0.05
# The server's thread reports a client's end a few milliseconds after it has arrived.
LOOK_S = 0.01
# A server that closes with unread bytes in its buffer resets the connection, and many clients then
# lose the answer. So the rest of a body is received and discarded for this time.
DRAIN_S = 2.0
LOOP_CHECK_S = 1.0


class ClientConnection:
    """A client's connection during one request.

    The event loop calls the coroutines and `end`, the thread that answers calls the other methods.
    `declared` is the length of the body, None if it is chunked.
    """

    def __init__(self, receive: Receive, send: Send, declared: int | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._receive, self._send, self._declared = receive, send, declared
        self._started = self._loop.time()
        self._parts: deque[memoryview] = deque()
        self._next: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._watch_timer = self._loop.call_later(WATCHED_AFTER_S, self._begin_watch)
        self._received = self._taken = 0
        self._is_complete, self._has_left = declared == 0, False

    async def receive_small_body(self) -> None:
        """Wait until a small body has arrived, or a block of it, or its client is too slow."""
        while self._received < SMALL_BODY and not self._is_over:
            if not await self._receive_one(self.seconds_left()):
                return

    def end(self) -> None:
        """End the watch: the request is over."""
        self._watch_timer.cancel()
        if self._watch:
            self._watch.cancel()

    async def drain(self) -> None:
        """Discard the rest of the body, for DRAIN_S at most."""
        until = self._loop.time() + DRAIN_S
        while not self._is_over and await self._receive_one(until - self._loop.time()):
            self._parts.clear()

    async def send(self, *messages: Message) -> None:
        """Send messages.

        Raises
        ------
        ClientLeft
            When the client takes nothing for CLIENT_TIMEOUT_S.
        """
        try:
            for message in messages:
                async with asyncio.timeout(settings.CLIENT_TIMEOUT_S):
                    await self._send(message)
        except TimeoutError as error:
            self._has_left = True
            raise ClientLeft from error

    async def send_last(self, messages: list[Message]) -> None:
        """Send the messages that complete the answer, and discard what is left of the body."""
        if self._is_over and messages and messages[-1]["type"] == "http.response.body":
            messages[-1]["more_body"] = False
            await self.send(*messages)
            return
        await self.send(*messages)
        await self.drain()
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    def send_early(self, *messages: Message) -> None:
        """Send messages before the answer is complete; wait while the client takes none.

        Raises
        ------
        ClientLeft
        """
        self._run(self.send(*messages))
        if self.has_left():
            raise ClientLeft

    def read_available(self, limit: int, patience_s: float) -> bytes:
        """Return the bytes that have arrived, at most `limit`; wait for the first one.

        The result is empty at the end of the body.

        Raises
        ------
        OSError
            When nothing arrives for `patience_s`, or the body breaks off.
        """
        if not self._parts and not self._is_over:
            self._run(self._receive_block(min(limit, BLOCK), patience_s))
        if not self._parts:
            if self._is_complete:
                return b""
            raise ConnectionResetError("the body broke off")
        part = self._parts.popleft()
        if len(part) > limit:
            self._parts.appendleft(part[limit:])
        self._taken += len(taken := bytes(part[:limit]))
        return taken

    def has_left(self) -> bool:
        """Return whether the client is known to have closed its connection."""
        if self._watch and not self._has_left and self._loop.is_running():
            self._run(self._look())
        return self._has_left or not self._loop.is_running()

    def seconds_left(self) -> float:
        """Return the seconds until the body is slower than one without an API key may be."""
        allowed = settings.HEAD_TIMEOUT_S + self._received / MIN_BYTES_PER_S
        return self._started + allowed - self._loop.time()

    @property
    def _is_over(self) -> bool:
        return self._is_complete or self._has_left

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the event loop from another thread."""
        running = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        while not wait({running}, LOOP_CHECK_S).done:
            # A server that ends waits for its connections, not for clients that have left.
            if not self._loop.is_running():
                raise ConnectionResetError("the server has ended")
        running.result()

    async def _receive_block(self, size: int, patience_s: float) -> None:
        wanted = self._received + size
        # It may have arrived since the thread looked.
        if self._parts or self._is_over:
            return
        if not await self._receive_one(patience_s):
            raise TimeoutError("no part of the body arrived in time")
        until = self._loop.time() + BLOCK_S
        while self._received < wanted and not self._is_over:
            if not await self._receive_one(until - self._loop.time()):
                return

    async def _receive_one(self, within_s: float | None) -> bool:
        """Wait for the client's next message; return whether it arrived."""
        if self._next is None:
            self._next = self._loop.create_task(self._note_message())
        # It is not cancelled when the time is over: what arrives meanwhile would be lost.
        timeout = None if within_s is None else max(0.0, within_s)
        arrived, _ = await asyncio.wait({self._next}, timeout=timeout)
        return bool(arrived)

    async def _note_message(self) -> None:
        """Receive the client's next message: a part of the body, or that it has left."""
        message = await self._receive()
        self._next = None
        if message["type"] != "http.request":
            self._has_left = True
            return
        if body := message.get("body"):
            self._parts.append(memoryview(body))
            self._received += len(body)
        is_last = not message.get("more_body", False)
        self._is_complete = is_last or self._received == self._declared

    def _begin_watch(self) -> None:
        self._watch = self._loop.create_task(self._watch_client())

    async def _look(self) -> None:
        """Give the server time to report a client that has just left."""
        assert self._watch is not None  # noqa: S101 — `has_left` has looked
        await asyncio.wait({self._watch}, timeout=LOOK_S)

    async def _watch_client(self) -> None:
        while not self._has_left:
            if self._is_complete or self._received - self._taken < BLOCK:
                await self._receive_one(None)
            else:
                # No more of a body is held in memory; the thread has to read it first.
                await asyncio.sleep(WATCHED_AFTER_S)
