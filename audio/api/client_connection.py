"""A client's connection: received from and sent to in an event loop, used by one thread.

All waits for the client are in the event loop, with a deadline. A thread begins when a small body
has arrived, so clients that send slowly on purpose occupy no thread. A larger body is received
while the thread works on what has arrived.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import wait
from threading import Condition
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
# No more of a body is held in memory; then the thread has to read it first.
MOST_HELD = 512 * 1024
# The least speed of a body without an API key, after HEAD_TIMEOUT_S: that of the slowest mobile
# networks.
MIN_BYTES_PER_S = 4096
# Most requests are over before their clients need to be watched.
WATCHED_AFTER_S = 0.05
# A server that closes with unread bytes in its buffer resets the connection, and many clients then
# lose the answer. So the rest of a body is received and discarded: for DRAIN_S, at most
# CLIENT_TIMEOUT_S, unless nothing arrives for DRAIN_IDLE_S.
DRAIN_S, DRAIN_IDLE_S = 30.0, 2.0
LOOP_CHECK_S = 1.0


class ClientConnection:
    """A client's connection during one request.

    The event loop calls the coroutines and `end`, the thread that answers calls the other methods.
    `declared` is the length of the body, None if it is chunked; a client that expects to be asked
    for its body has sent nothing before.
    """

    def __init__(
        self, receive: Receive, send: Send, declared: int | None, *, expects_go_ahead: bool = False
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._receive, self._send, self._declared = receive, send, declared
        self._expects_go_ahead = expects_go_ahead
        self._started = self._loop.time()
        self._parts: deque[bytes | memoryview] = deque()
        self._receiving: asyncio.Task[None] | None = None
        self._watch_timer = self._loop.call_later(WATCHED_AFTER_S, self._begin_receiving)
        self._received = self._taken = 0
        self._is_complete, self._has_left = declared == 0, False
        # What the event loop, the thread and the receiving task wait for.
        self._news, self._block, self._room = asyncio.Event(), Condition(), asyncio.Event()
        self._room.set()

    async def receive_small_body(self) -> None:
        """Wait until a small body has arrived, or a block of it, or its client is too slow."""
        while self._received < SMALL_BODY and not self._is_over:
            if not await self._message_within(self.seconds_left()):
                return

    def end(self) -> None:
        """Receive no more: the request is over."""
        self._watch_timer.cancel()
        if self._receiving:
            self._receiving.cancel()

    async def drain(self) -> None:
        """Discard the rest of the body while it arrives in time, for DRAIN_S at most."""
        until = self._loop.time() + min(DRAIN_S, settings.CLIENT_TIMEOUT_S)
        while not self._is_over:
            self._parts.clear()
            self._note_taken(self._received - self._taken)
            left_s = min(until - self._loop.time(), self.seconds_left())
            if left_s <= 0 or not await self._message_within(min(DRAIN_IDLE_S, left_s)):
                return

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
        has_sent_all = self._is_over or (self._expects_go_ahead and not self._received)
        if has_sent_all and messages and messages[-1]["type"] == "http.response.body":
            messages[-1]["more_body"] = False
            await self.send(*messages)
            return
        if not has_sent_all:
            messages = list(map(_without_length, messages))
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
            self._wait_for_block(patience_s)
        if not self._parts:
            if self._is_complete:
                return b""
            raise ConnectionResetError("the body broke off")
        part = self._parts.popleft()
        if len(part) > limit:
            view = memoryview(part)
            self._parts.appendleft(view[limit:])
            part = view[:limit]
        self._note_taken(len(part))
        # Whole, as it nearly always is, it is not copied.
        return part if isinstance(part, bytes) else bytes(part)

    def has_left(self) -> bool:
        """Return whether the client is known to have closed its connection."""
        return self._has_left or not self._loop.is_running()

    def seconds_left(self) -> float:
        """Return the seconds until the body is slower than one without an API key may be."""
        allowed = settings.HEAD_TIMEOUT_S + self._received / MIN_BYTES_PER_S
        return self._started + allowed - self._loop.time()

    @property
    def _is_over(self) -> bool:
        return self._is_complete or self._has_left

    @property
    def _is_full(self) -> bool:
        return self._received - self._taken >= MOST_HELD

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the event loop from another thread."""
        running = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        while not wait({running}, LOOP_CHECK_S).done:
            self._check_loop()
        running.result()

    def _check_loop(self) -> None:
        # A server that ends waits for its connections, not for clients that have left.
        if not self._loop.is_running():
            raise ConnectionResetError("the server has ended")

    def _wait_for_block(self, patience_s: float) -> None:
        """Wait until a block has arrived, or for BLOCK_S and then for the first bytes."""
        until = time.monotonic() + patience_s
        if self._receiving is None or self._receiving.done():
            self._loop.call_soon_threadsafe(self._begin_receiving)
        with self._block:
            while True:
                left_s = max(0.0, until - time.monotonic())
                self._block.wait_for(self._has_block, min(BLOCK_S, left_s))
                if self._parts or self._is_over:
                    return
                self._check_loop()
                if left_s <= BLOCK_S:
                    raise TimeoutError("no part of the body arrived in time")

    def _has_block(self) -> bool:
        return self._is_over or self._received - self._taken >= BLOCK

    def _note_taken(self, count: int) -> None:
        """Count bytes that are no longer held, and let more of the body in."""
        self._taken += count
        if not self._room.is_set() and not self._is_full:
            self._loop.call_soon_threadsafe(self._room.set)

    async def _message_within(self, seconds: float) -> bool:
        """Wait for the client's next message; return whether it arrived."""
        self._news.clear()
        self._begin_receiving()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def _begin_receiving(self) -> None:
        if self._receiving is None or self._receiving.done():
            self._receiving = self._loop.create_task(self._receive_messages())

    async def _receive_messages(self) -> None:
        """Receive the body, or after it that the client has left."""
        was_complete = self._is_complete
        while not self._has_left:
            if self._is_full and not self._is_complete:
                await self._wait_for_room()
                continue
            self._note_message(await self._receive())
            if self._is_complete and not was_complete:
                self._watch_timer.cancel()
                self._watch_timer = self._loop.call_later(WATCHED_AFTER_S, self._begin_receiving)
                return

    async def _wait_for_room(self) -> None:
        self._room.clear()
        # The thread may have read meanwhile.
        if self._is_full:
            await self._room.wait()
        self._room.set()

    def _note_message(self, message: Message) -> None:
        """Note a part of the body, or that the client has left."""
        if message["type"] != "http.request":
            self._has_left = True
        elif body := message.get("body"):
            self._parts.append(body)
            self._received += len(body)
        is_last = message["type"] == "http.request" and not message.get("more_body", False)
        self._is_complete |= is_last or self._received == self._declared
        self._news.set()
        if self._has_block():
            with self._block:
                self._block.notify()


def _without_length(message: Message) -> Message:
    """Return the head of an answer without its length, at which the server would close."""
    if message["type"] != "http.response.start":
        return message
    kept = [field for field in message["headers"] if field[0] != b"content-length"]
    return message | {"headers": kept}
