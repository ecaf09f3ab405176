"""The bytes of a body, read from its connection as they arrive."""

import socket
import tracemalloc
from collections.abc import Iterator

import pytest
from gunicorn.config import Config
from gunicorn.http.body import Body
from gunicorn.http.parser import RequestParser

from audio.api.uploads.request_body import IncomingBody, UploadBody
from tests.audio.api.uploads.crumbs import Crumbs
from tests.gateway_process import Gateway

MIB = 1024 * 1024
HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client's end of a connection, and the gateway's."""
    client, server = socket.socketpair()
    with client, server:
        yield client, server


def parsed(connection: socket.socket) -> RequestParser:
    return RequestParser(Config(), connection, ("127.0.0.1", 1))


def incoming(parser: RequestParser, connection: socket.socket) -> IncomingBody:
    request = next(parser)
    assert isinstance(request.body, Body)
    return IncomingBody(request.body, connection)  # type: ignore[arg-type]


def read_whole(body: IncomingBody, limit: int = 4) -> bytes:
    parts = []
    while part := body.read_available(limit):
        assert len(part) <= limit
        parts.append(part)
    return b"".join(parts)


def test_a_body_is_read_in_parts(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    client.sendall(HEAD % 10 + b"0123456789")

    assert read_whole(incoming(parsed(server), server)) == b"0123456789"


def test_bytes_that_have_arrived_are_not_held_back(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    client, server = ends
    client.sendall(HEAD % 10 + b"0123")
    body = incoming(parsed(server), server)

    assert body.read_available(100) == b"0123"
    client.sendall(b"456789")
    assert body.read_available(100) == b"456789"


def test_the_next_request_is_not_read_as_the_body(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    client, server = ends
    parser = parsed(server)
    client.sendall(HEAD % 3 + b"abc" + NEXT)

    assert read_whole(incoming(parser, server), 100) == b"abc"
    assert next(parser).path == "/next"


def test_a_chunked_body_is_read(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    client.sendall(CHUNKED + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

    assert read_whole(incoming(parsed(server), server)) == b"abcde"


def test_bytes_that_readline_left_in_the_buffer_come_first(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    client, server = ends
    client.sendall(HEAD % 9 + b"ab\ncdefgh")
    body = incoming(parsed(server), server)

    assert body.readline(100) == b"ab\n"
    assert read_whole(body) == b"cdefgh"


def test_a_connection_serves_the_next_request_after_an_upload(bare: Gateway) -> None:
    form = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    form += bytes(3_000_000) + b"\r\n--cut--\r\n"
    head = b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    head += b"Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: %d\r\n\r\n"
    port = int(bare.url.rpartition(":")[2])

    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(
            head % len(form) + form + b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )
        answers = b""
        while b"whisper-1" not in answers and (block := connection.recv(65_536)):
            answers += block

    # The upload is refused, because this gateway has no engine; then the models are listed.
    assert answers.startswith(b"HTTP/1.1 503")
    assert b"whisper-1" in answers


def test_a_body_in_tiny_parts_takes_little_more_memory_than_its_length(memory: None) -> None:
    body = UploadBody(Crumbs(bytes(MIB // 8)), MIB // 8)

    assert body.read() == bytes(MIB // 8)

    assert tracemalloc.get_traced_memory()[1] < MIB
