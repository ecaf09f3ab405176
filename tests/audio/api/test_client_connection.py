"""A client's connection, between an event loop and the thread that answers."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from audio.api import client_connection
from audio.api.client_connection import ClientConnection, Message
from audio.context import ClientLeft

SOON_S = 5.0
REFUSAL = {"type": "http.response.body", "body": b"no", "more_body": True}


class Peer:
    """A client: what it sends is put into a queue; `taken` is what it was sent."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.taken: list[Message] = []
        self.takes = True

    def sends(self, body: bytes, *, is_last: bool = False) -> None:
        message = {"type": "http.request", "body": body, "more_body": not is_last}
        self.sent.put_nowait(message)

    def leaves(self) -> None:
        self.sent.put_nowait({"type": "http.disconnect"})

    async def take(self, message: Message) -> None:
        while not self.takes:
            await asyncio.sleep(0.01)
        self.taken.append(message)

    def connection(self, declared: int | None = None, **options: bool) -> ClientConnection:
        return ClientConnection(self.sent.get, self.take, declared, **options)


def run(story: Callable[[Peer], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        await asyncio.wait_for(story(Peer()), SOON_S)

    asyncio.run(told())


def read_whole(client: ClientConnection, limit: int = 100) -> bytes:
    parts = []
    while part := client.read_available(limit, SOON_S):
        assert len(part) <= limit
        parts.append(part)
    return b"".join(parts)


def test_a_thread_reads_a_body_in_order() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection()
        peer.sends(b"0123456")
        peer.sends(b"789", is_last=True)

        assert await asyncio.to_thread(read_whole, client, 4) == b"0123456789"

    run(story)


def test_bytes_that_have_arrived_are_not_held_back() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(10)
        peer.sends(b"0123")

        assert await asyncio.to_thread(client.read_available, 100, SOON_S) == b"0123"

    run(story)


def test_a_body_that_breaks_off_is_an_error() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(10)
        peer.sends(b"0123")
        peer.leaves()

        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(read_whole, client)

    run(story)


def test_a_body_that_stalls_is_an_error() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(10)

        with pytest.raises(TimeoutError):
            await asyncio.to_thread(client.read_available, 100, 0.05)

    run(story)


def test_bytes_that_arrive_after_a_wait_ended_are_not_lost() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(3)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(client.read_available, 100, 0.05)
        peer.sends(b"abc")

        assert await asyncio.to_thread(read_whole, client) == b"abc"

    run(story)


def test_a_small_body_arrives_before_a_thread_begins() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(4)
        arriving = asyncio.create_task(client.receive_small_body())
        peer.sends(b"ab")
        await asyncio.sleep(0.05)
        assert not arriving.done()
        peer.sends(b"cd")
        await arriving

        assert await asyncio.to_thread(client.read_available, 100, 0.0) == b"ab"

    run(story)


def test_a_small_body_is_not_awaited_longer_than_strangers_have(
    settings: Any,
) -> None:
    settings.HEAD_TIMEOUT_S = 0.05

    async def story(peer: Peer) -> None:
        client = peer.connection(4)
        await client.receive_small_body()

        assert client.seconds_left() <= 0

    run(story)


def test_a_silent_client_has_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_connection, "WATCHED_AFTER_S", 0.01)

    async def story(peer: Peer) -> None:
        client = peer.connection(0)
        await asyncio.sleep(0.05)

        assert not await asyncio.to_thread(client.has_left)

    run(story)


def test_a_client_that_closes_its_connection_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_connection, "WATCHED_AFTER_S", 0.01)

    async def story(peer: Peer) -> None:
        client = peer.connection(0)
        peer.leaves()
        await asyncio.sleep(0.05)

        assert await asyncio.to_thread(client.has_left)
        with pytest.raises(ClientLeft):
            await asyncio.to_thread(client.send_early, {"type": "http.response.body"})

    run(story)


def test_an_unread_body_is_not_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_connection, "WATCHED_AFTER_S", 0.01)

    async def story(peer: Peer) -> None:
        client = peer.connection()
        for _ in range(20):
            peer.sends(bytes(client_connection.MOST_HELD // 4))
        await asyncio.sleep(0.1)

        assert peer.sent.qsize() >= 15
        client.end()

    run(story)


def test_a_client_that_takes_nothing_has_left(settings: Any) -> None:
    settings.CLIENT_TIMEOUT_S = 0.05

    async def story(peer: Peer) -> None:
        client = peer.connection(0)
        peer.takes = False

        with pytest.raises(ClientLeft):
            await asyncio.to_thread(client.send_early, {"type": "http.response.start"})

    run(story)


def test_the_rest_of_a_body_is_discarded_before_the_answer_ends() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(8)
        ending = asyncio.create_task(client.send_last([dict(REFUSAL)]))
        await asyncio.sleep(0.05)
        assert peer.taken == [REFUSAL]
        peer.sends(bytes(8))
        await ending

        assert [message["more_body"] for message in peer.taken] == [True, False]

    run(story)


def test_a_body_is_discarded_for_as_long_as_its_client_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_connection, "DRAIN_IDLE_S", 0.5)

    async def story(peer: Peer) -> None:
        client = peer.connection(12)
        ending = asyncio.create_task(client.send_last([dict(REFUSAL)]))
        for _ in range(12):
            await asyncio.sleep(0.05)
            assert not ending.done()
            peer.sends(bytes(1))
        await ending

    run(story)


def test_a_client_that_expects_to_be_asked_for_its_body_has_its_answer_immediately() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(8, expects_go_ahead=True)
        await client.send_last([dict(REFUSAL)])

        assert peer.taken == [REFUSAL | {"more_body": False}]

    run(story)


@pytest.mark.parametrize("wait", ["DRAIN_S", "DRAIN_IDLE_S"])
def test_an_answer_ends_before_a_body_that_does_not(
    monkeypatch: pytest.MonkeyPatch, wait: str
) -> None:
    monkeypatch.setattr(client_connection, wait, 0.05)

    async def story(peer: Peer) -> None:
        client = peer.connection(8)
        await client.send_last([dict(REFUSAL)])

        assert peer.taken[-1]["more_body"] is False

    run(story)


def test_a_client_that_leaves_after_its_whole_body_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_connection, "WATCHED_AFTER_S", 0.01)

    async def story(peer: Peer) -> None:
        client = peer.connection(3)
        await asyncio.sleep(0.05)
        peer.sends(b"abc")
        assert await asyncio.to_thread(read_whole, client) == b"abc"
        peer.leaves()
        await asyncio.sleep(0.05)

        assert client.has_left()

    run(story)


def test_a_body_larger_than_what_is_held_is_received_whole() -> None:
    async def story(peer: Peer) -> None:
        client = peer.connection(8 * client_connection.MOST_HELD)
        part = bytes(range(256)) * (client_connection.MOST_HELD // 512)
        for _ in range(16):
            peer.sends(part)

        assert await asyncio.to_thread(read_whole, client, 1024 * 1024) == 16 * part

    run(story)
