"""A connection without its socket: which messages are read in a thread."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosedOK

from audio.api.authentication import Client
from audio.realtime.connection import Connection
from audio.realtime.handshake import Admission
from audio.realtime.session_settings import SessionSettings

Event = dict[str, Any]
MANUAL: Event = {
    "type": "session.update",
    "session": {"audio": {"input": {"turn_detection": None}}},
}
PAUSES: Event = {"type": "session.update", "session": {"audio": {"input": {"turn_detection": {}}}}}
HALF_A_SECOND: Event = {"type": "input_audio_buffer.append", "audio": "AAAA" * 8000}
CLEAR: Event = {"type": "input_audio_buffer.clear"}


class Threads(ThreadPoolExecutor):
    """Threads that note what they were given."""

    def __init__(self) -> None:
        super().__init__(1)
        self.messages: list[object] = []

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        self.messages.append(json.loads(given[0]))
        return super().submit(work, *given, **named)


def read_in_threads(*messages: Event) -> list[object]:
    """Send messages; return those that were read in a thread."""
    asked = iter(map(json.dumps, messages))

    async def recv() -> str:
        for one in asked:
            return one
        raise ConnectionClosedOK(None, None)

    async def send(message: bytes, text: bool) -> None:
        pass

    async def serve(threads: Threads) -> None:
        socket = SimpleNamespace(recv=recv, send=send, close_code=1000)
        admission = Admission(Client("desk", frozenset()), SessionSettings(), is_beta=False)
        await Connection(cast(ServerConnection, socket), admission, threads).serve()

    with Threads() as threads:
        asyncio.run(serve(threads))
    return threads.messages


def test_an_update_that_has_much_audio_heard_does_not_keep_other_sessions_waiting() -> None:
    sent = (MANUAL, *[HALF_A_SECOND] * 3, PAUSES)

    assert read_in_threads(*sent) == [PAUSES]


def test_an_update_with_nothing_to_hear_needs_no_thread() -> None:
    assert read_in_threads(MANUAL, *[HALF_A_SECOND] * 3, CLEAR, PAUSES) == []


def test_a_message_of_more_than_a_second_is_read_in_a_thread() -> None:
    long = HALF_A_SECOND | {"audio": "AAAA" * 16_000}

    assert read_in_threads(HALF_A_SECOND, long) == [long]
