"""HTTP on plain sockets, as the measurements speak it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.gateway.wire import Buffered, message


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection."""
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def test_a_file_is_streamed_from_disk_inside_the_form(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")

    before, large, after = message("POST", "/", files={"file": path}, data={"model": "m"}).parts

    assert isinstance(before, bytes)
    assert isinstance(after, bytes)
    assert large == path
    head, _, start = before.partition(b"\r\n\r\n")
    assert f"content-length: {len(start) + 4 + len(after)}".encode() in head


def test_a_body_of_chunks_is_read_to_its_end(ends: tuple[socket.socket, socket.socket]) -> None:
    here, there = ends
    there.sendall(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nnext"
    )
    incoming = Buffered(here)

    head = incoming.head()

    assert head
    assert incoming.body_start(head) == b"abcde"


def test_what_follows_a_body_is_the_next_head(ends: tuple[socket.socket, socket.socket]) -> None:
    here, there = ends
    there.sendall(b"POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n\r\n")
    incoming = Buffered(here)

    first = incoming.head()
    assert first
    incoming.body_start(first)
    second = incoming.head()

    assert second
    assert second.line == b"GET /b HTTP/1.1"


def test_a_body_that_breaks_off_raises(ends: tuple[socket.socket, socket.socket]) -> None:
    here, there = ends
    there.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")
    there.close()
    incoming = Buffered(here)
    head = incoming.head()
    assert head

    with pytest.raises(ConnectionError, match="broke off"):
        incoming.body_start(head)
