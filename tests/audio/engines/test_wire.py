"""What may come over a connection to an engine, and what becomes of it."""

import socket
from collections.abc import Iterator
from threading import Thread

import httpx
import pytest

from audio.engines.deadlines import within
from audio.engines.wire import LONGEST_HEAD, SMALL_BYTES, Connection

HEAD = b"GET / HTTP/1.1\r\n\r\n"
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Connection]]:
    """The engine's end of a connection, and ours."""
    theirs, ours = socket.socketpair()
    with theirs, ours, within(1):
        yield theirs, Connection(ours)


def told(ends: tuple[socket.socket, Connection], *pieces: bytes, hangs_up: bool = False) -> bytes:
    """Ask, and read what the engine says, piece by piece."""
    engine, connection = ends

    def say() -> None:
        for piece in pieces:
            engine.sendall(piece)
        if hangs_up:
            engine.shutdown(socket.SHUT_WR)

    speaking = Thread(target=say)
    speaking.start()
    try:
        connection.ask(HEAD, [])
        return b"".join(connection.pieces())
    finally:
        speaking.join()


def test_an_answer_may_come_byte_by_byte(ends: tuple[socket.socket, Connection]) -> None:
    assert told(ends, *(bytes([byte]) for byte in HELLO)) == b"hello"


def test_what_comes_before_the_answer_is_passed_over(
    ends: tuple[socket.socket, Connection],
) -> None:
    first = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"

    assert told(ends, b"HTTP/1.1 100 Continue\r\n\r\n", first + HELLO) == b"hello"
    assert ends[1].is_reusable()


def test_a_body_without_length_lasts_until_the_engine_hangs_up(
    ends: tuple[socket.socket, Connection],
) -> None:
    said = told(ends, b"HTTP/1.1 200 OK\r\n\r\n", b"hello", hangs_up=True)

    assert said == b"hello"
    assert not ends[1].is_reusable()


def test_an_answer_that_breaks_off_is_none(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.ReadError):
        told(ends, HELLO[:-1], hangs_up=True)


def test_a_head_that_breaks_off_is_none(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.ReadError):
        told(ends, HELLO[:9], hangs_up=True)


def test_a_head_without_end_is_not_waited_for(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        told(ends, b"HTTP/1.1 200 OK\r\nX: ", b"x" * (LONGEST_HEAD + 1))


def test_what_is_no_http_is_no_answer(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        told(ends, b"220 mail.example ESMTP\r\n")


def test_what_follows_an_answer_is_no_part_of_it(ends: tuple[socket.socket, Connection]) -> None:
    assert told(ends, HELLO + b"and more") == b"hello"
    assert not ends[1].is_reusable()


def test_a_second_answer_nobody_asked_for_is_not_the_next_ones(
    ends: tuple[socket.socket, Connection],
) -> None:
    assert told(ends, HELLO + HELLO) == b"hello"
    assert not ends[1].is_reusable()


def test_an_engine_that_speaks_unasked_is_not_silent(
    ends: tuple[socket.socket, Connection],
) -> None:
    told(ends, HELLO)
    assert ends[1].is_silent()

    ends[0].sendall(b"!")

    assert not ends[1].is_silent()


def test_an_engine_that_says_that_it_will_close_is_not_asked_again(
    ends: tuple[socket.socket, Connection],
) -> None:
    told(ends, HELLO.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    assert not ends[1].is_reusable()


def test_a_refusal_counts_though_the_engine_hung_up_on_the_request(
    ends: tuple[socket.socket, Connection],
) -> None:
    engine, connection = ends
    engine.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
    engine.close()

    answer = connection.ask(HEAD, [bytes(SMALL_BYTES)])

    assert answer.status == 413


def test_small_pieces_of_a_request_are_sent_together(
    ends: tuple[socket.socket, Connection],
) -> None:
    engine, connection = ends
    engine.sendall(HELLO)

    connection.ask(HEAD, [b"a", bytes(SMALL_BYTES), b"b", b"c"])

    assert engine.recv(len(HEAD) + 1) == HEAD + b"a"
    assert engine.recv(SMALL_BYTES + 2, socket.MSG_WAITALL) == bytes(SMALL_BYTES) + b"bc"


def test_an_engine_that_does_not_read_is_given_up(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.TimeoutException), within(0.05):
        ends[1].ask(HEAD, [bytes(16 * 1024 * 1024)])


def test_an_engine_that_says_nothing_is_given_up(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.ReadTimeout), within(0.05):
        ends[1].ask(HEAD, [])
