"""What an engine may send over a connection, and how the gateway reads it."""

import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread

import httpx
import pytest

from audio.engines.http.deadlines import within
from audio.engines.http.wire import MAX_HEAD_BYTES, SMALL_BYTES, Connection

HEAD = b"GET / HTTP/1.1\r\n\r\n"
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Connection]]:
    """The engine's end of a connection, and the gateway's."""
    theirs, ours = socket.socketpair()
    with theirs, ours, within(1):
        yield theirs, Connection(ours)


@pytest.fixture
def tls_ends() -> Iterator[tuple[socket.socket, Connection]]:
    """Both ends of a connection over TLS."""
    sockets = socket.socketpair()
    with sockets[0], sockets[1], ThreadPoolExecutor(1) as engine:
        shaking = engine.submit(tls(ssl.PROTOCOL_TLS_SERVER).wrap_socket, sockets[0], True)
        ours = tls(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(sockets[1])
        with ours, shaking.result() as theirs, within(1):
            yield theirs, Connection(ours)


def tls(protocol: int) -> ssl.SSLContext:
    """TLS without certificates, so that no test needs one."""
    context = ssl.SSLContext(protocol)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")
    return context


@pytest.fixture
def slow_reader() -> Iterator[Connection]:
    """A connection to an engine that reads far too slowly."""

    def read(engine: socket.socket) -> None:
        with suppress(OSError):
            while engine.recv(256 * 1024):
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    reader = Thread(target=read, args=(theirs,))
    reader.start()
    with theirs:
        yield Connection(ours)
        ours.close()
        reader.join()


def received(
    ends: tuple[socket.socket, Connection], *blocks: bytes, hangs_up: bool = False
) -> bytes:
    """Send a request, and return the body of the answer, which arrives in these blocks."""
    engine, connection = ends

    def answer() -> None:
        for block in blocks:
            engine.sendall(block)
        if hangs_up:
            engine.shutdown(socket.SHUT_WR)

    answering = Thread(target=answer)
    answering.start()
    try:
        connection.send(HEAD, [])
        return b"".join(connection.blocks())
    finally:
        answering.join()


def test_an_answer_may_come_byte_by_byte(ends: tuple[socket.socket, Connection]) -> None:
    assert received(ends, *(bytes([byte]) for byte in HELLO)) == b"hello"


def test_interim_answers_are_skipped(
    ends: tuple[socket.socket, Connection],
) -> None:
    first = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"

    assert received(ends, b"HTTP/1.1 100 Continue\r\n\r\n", first + HELLO) == b"hello"
    assert ends[1].is_reusable()


def test_a_body_without_length_lasts_until_the_engine_hangs_up(
    ends: tuple[socket.socket, Connection],
) -> None:
    body = received(ends, b"HTTP/1.1 200 OK\r\n\r\n", b"hello", hangs_up=True)

    assert body == b"hello"
    assert not ends[1].is_reusable()


def test_an_answer_that_breaks_off_is_an_error(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.ReadError):
        received(ends, HELLO[:-1], hangs_up=True)


def test_a_head_that_breaks_off_is_an_error(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.ReadError):
        received(ends, HELLO[:9], hangs_up=True)


def test_a_head_without_end_is_an_error(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        received(ends, b"HTTP/1.1 200 OK\r\nX: ", b"x" * (MAX_HEAD_BYTES + 1))


def test_another_protocol_is_an_error(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        received(ends, b"220 mail.example ESMTP\r\n")


def test_a_switch_to_another_protocol_is_an_error(
    ends: tuple[socket.socket, Connection],
) -> None:
    switching = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"

    with pytest.raises(httpx.RemoteProtocolError):
        received(ends, switching)


def test_bytes_after_an_answer_do_not_belong_to_it(ends: tuple[socket.socket, Connection]) -> None:
    assert received(ends, HELLO + b"and more") == b"hello"
    assert not ends[1].is_reusable()


def test_a_second_answer_without_a_request_is_not_the_next_answer(
    ends: tuple[socket.socket, Connection],
) -> None:
    assert received(ends, HELLO + HELLO) == b"hello"
    assert not ends[1].is_reusable()


def test_an_engine_that_sends_without_a_request_is_not_silent(
    ends: tuple[socket.socket, Connection],
) -> None:
    received(ends, HELLO)
    assert ends[1].is_silent()

    ends[0].sendall(b"!")

    assert not ends[1].is_silent()


def test_a_connection_that_the_engine_will_close_is_not_used_again(
    ends: tuple[socket.socket, Connection],
) -> None:
    received(ends, HELLO.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    assert not ends[1].is_reusable()


def test_a_refusal_counts_though_the_engine_hung_up_on_the_request(
    ends: tuple[socket.socket, Connection],
) -> None:
    engine, connection = ends
    engine.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
    engine.close()

    answer = connection.send(HEAD, [bytes(SMALL_BYTES)])

    assert answer.status == 413
    assert list(connection.blocks()) == []
    assert not connection.is_reusable()


def test_small_blocks_of_a_request_are_sent_together(
    ends: tuple[socket.socket, Connection],
) -> None:
    engine, connection = ends
    engine.sendall(HELLO)

    connection.send(HEAD, [b"a", bytes(SMALL_BYTES), b"b", b"c"])

    assert engine.recv(len(HEAD) + 1) == HEAD + b"a"
    assert engine.recv(SMALL_BYTES + 2, socket.MSG_WAITALL) == bytes(SMALL_BYTES) + b"bc"


def test_an_engine_that_does_not_read_is_given_up(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.TimeoutException), within(0.05):
        ends[1].send(HEAD, [bytes(16 * 1024 * 1024)])


def test_a_silent_engine_is_given_up(ends: tuple[socket.socket, Connection]) -> None:
    with pytest.raises(httpx.ReadTimeout), within(0.05):
        ends[1].send(HEAD, [])


def test_an_engine_that_reads_slowly_gets_no_more_time(
    slow_reader: Connection,
) -> None:
    begun = time.monotonic()

    with pytest.raises(httpx.TimeoutException), within(0.3):
        slow_reader.send(HEAD, [bytes(64 * 1024 * 1024)])

    assert time.monotonic() - begun < 20


def test_an_answer_may_come_over_tls(tls_ends: tuple[socket.socket, Connection]) -> None:
    assert received(tls_ends, HELLO) == b"hello"
    assert tls_ends[1].is_reusable()


def test_a_silent_engine_is_given_up_over_tls(
    tls_ends: tuple[socket.socket, Connection],
) -> None:
    with pytest.raises(httpx.ReadTimeout), within(0.05):
        tls_ends[1].send(HEAD, [])


def test_an_engine_that_does_not_read_is_given_up_over_tls(
    tls_ends: tuple[socket.socket, Connection],
) -> None:
    with pytest.raises(httpx.TimeoutException), within(0.05):
        tls_ends[1].send(HEAD, [bytes(16 * 1024 * 1024)])
