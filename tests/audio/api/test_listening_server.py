"""What the servers of long connections share."""

import asyncio
from dataclasses import dataclass, field

import pytest

from audio.api.listening_server import end_connections, parse_bind, url


@dataclass(eq=False)
class Scripted:
    """A connection that leaves the others when it is asked to, or only when it is cut."""

    others: set["Scripted"]
    is_busy: bool = False
    heard: list[str] = field(default_factory=list)

    def stop(self) -> None:
        self.heard.append("stop")
        if not self.is_busy:
            self.others.discard(self)

    def abandon(self) -> None:
        self.heard.append("abandon")
        self.others.discard(self)


@pytest.mark.parametrize(
    ("bind", "expected"),
    [
        ("127.0.0.1:8001", ("127.0.0.1", 8001)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:65535", ("localhost", 65_535)),
    ],
)
def test_an_address_is_a_host_and_a_port(bind: str, expected: tuple[str, int]) -> None:
    assert parse_bind(bind) == expected


@pytest.mark.parametrize("bind", ["8001", ":1", "here", "here:http", "here:65536", "here:²", ""])
def test_an_address_of_no_use_is_refused(bind: str) -> None:
    with pytest.raises(ValueError, match="expected HOST:PORT, got"):
        parse_bind(bind)


def test_an_ipv6_address_has_brackets_in_a_url() -> None:
    assert url("ws", "::1", 8001) == "ws://[::1]:8001"
    assert url("ws", "127.0.0.1", 8001) == "ws://127.0.0.1:8001"


def test_connections_are_ended_and_those_that_take_too_long_are_cut() -> None:
    connections: set[Scripted] = set()
    quick, slow = Scripted(connections), Scripted(connections, is_busy=True)
    connections |= {quick, slow}

    asyncio.run(end_connections(connections, 0))

    assert (quick.heard, slow.heard) == (["stop"], ["stop", "abandon"])
    assert not connections
