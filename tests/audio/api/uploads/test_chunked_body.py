"""A body is taken from its connection as it arrives, and no more than is its own."""

import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config
from gunicorn.http.body import Body
from gunicorn.http.parser import RequestParser

from audio.api.uploads.chunked_body import Incoming
from tests.gateway_process import Gateway

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


def incoming(parser: RequestParser, connection: socket.socket) -> Incoming:
    request = next(parser)
    assert isinstance(request.body, Body)
    return Incoming(request.body, connection)  # type: ignore[arg-type]


def whole(body: Incoming, most: int = 4) -> bytes:
    pieces = []
    while piece := body.piece(most):
        assert len(piece) <= most
        pieces.append(piece)
    return b"".join(pieces)


def test_a_body_is_taken_piece_by_piece(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    client.sendall(HEAD % 10 + b"0123456789")

    assert whole(incoming(parsed(server), server)) == b"0123456789"


def test_what_has_arrived_is_not_held_back(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    client.sendall(HEAD % 10 + b"0123")
    body = incoming(parsed(server), server)

    assert body.piece(100) == b"0123"
    client.sendall(b"456789")
    assert body.piece(100) == b"456789"


def test_the_next_request_is_no_part_of_a_body(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    client, server = ends
    parser = parsed(server)
    client.sendall(HEAD % 3 + b"abc" + NEXT)

    assert whole(incoming(parser, server), 100) == b"abc"
    assert next(parser).path == "/next"


def test_a_body_in_chunks_is_taken_too(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    client.sendall(CHUNKED + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

    assert whole(incoming(parsed(server), server)) == b"abcde"


def test_what_a_line_left_behind_comes_first(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    client.sendall(HEAD % 9 + b"ab\ncdefgh")
    body = incoming(parsed(server), server)

    assert body.readline(100) == b"ab\n"
    assert whole(body) == b"cdefgh"


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
        told = b""
        while b"whisper-1" not in told and (block := connection.recv(65_536)):
            told += block

    # Refused, because this gateway has no engine; and then the models.
    assert told.startswith(b"HTTP/1.1 503")
    assert b"whisper-1" in told
