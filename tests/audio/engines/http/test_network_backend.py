"""What an engine may do with a connection, and what the gateway makes of it."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import httpcore
import httpx
import pytest

from audio import context
from audio.context import ClientLeft
from audio.engines.http.connections import EngineConnections
from audio.engines.http.deadlines import within
from audio.engines.http.network_backend import SMALL_BYTES, DeadlineStream
from tests.audio.engines.http.exchange import exchange
from tests.faults import Answer, FaultServer
from tests.faults.breakages import GIGANTIC_HEADER, NO_HTTP, SILENT

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Raw(httpcore.NetworkStream):
    """One end of a pair of sockets, as httpcore has it."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._end.recv(max_bytes)

    def get_extra_info(self, info: str) -> object:
        return self._end if info == "socket" else None


def received(
    connections: EngineConnections, faults: FaultServer, *pieces: bytes, **how: object
) -> bytes:
    """Return the body of an answer that consists of these pieces."""
    faults.break_with("/raw", Answer(pieces=pieces, bare=True, **how))  # type: ignore[arg-type]
    return exchange(connections, faults.url + "/raw")


def test_an_answer_may_come_byte_by_byte(
    connections: EngineConnections, faults: FaultServer
) -> None:
    pieces = [bytes([byte]) for byte in HELLO]

    assert received(connections, faults, *pieces, pause_s=0.001) == b"hello"


def test_interim_answers_are_skipped(
    connections: EngineConnections, faults: FaultServer, opened: list[socket.socket]
) -> None:
    first = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    pieces = (b"HTTP/1.1 100 Continue\r\n\r\n", first + HELLO)

    assert received(connections, faults, *pieces, announced=5) == b"hello"
    assert exchange(connections, faults.url + "/health") == b"{}"
    assert len(opened) == 1


def test_a_body_without_length_lasts_until_the_engine_hangs_up(
    connections: EngineConnections, faults: FaultServer
) -> None:
    assert received(connections, faults, b"HTTP/1.1 200 OK\r\n\r\n", b"hello") == b"hello"


@pytest.mark.parametrize("length", [9, 20, len(HELLO) - 1], ids=["status", "head", "body"])
def test_an_answer_that_breaks_off_is_a_broken_connection(
    connections: EngineConnections, faults: FaultServer, length: int
) -> None:
    with pytest.raises(httpx.ReadError):
        received(connections, faults, HELLO[:length])


@pytest.mark.parametrize("answer", [GIGANTIC_HEADER, NO_HTTP], ids=["gigantic head", "no HTTP"])
def test_another_protocol_is_an_error(
    connections: EngineConnections, faults: FaultServer, answer: Answer
) -> None:
    faults.break_with("/odd", answer)

    with pytest.raises(httpx.RemoteProtocolError):
        exchange(connections, faults.url + "/odd")


def test_a_blank_line_inside_a_body_is_part_of_it(
    connections: EngineConnections, faults: FaultServer
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"

    assert received(connections, faults, head + b"a\r\n\r\nb") == b"a\r\n\r\nb"


def test_a_silent_engine_is_given_up(connections: EngineConnections, faults: FaultServer) -> None:
    faults.break_with("/silent", SILENT)

    with pytest.raises(httpx.ReadTimeout), within(0.05):
        exchange(connections, faults.url + "/silent")


def test_a_call_that_needs_its_client_ends_when_the_client_leaves(
    connections: EngineConnections, faults: FaultServer
) -> None:
    faults.break_with("/silent", SILENT)
    leaves_at = time.monotonic() + 0.2

    with (
        context.replaced(client_has_left=lambda: time.monotonic() > leaves_at),
        pytest.raises(ClientLeft),
        within(30, ends_with_client=True),
    ):
        exchange(connections, faults.url + "/silent")

    assert faults.left.wait(2)


def test_small_blocks_of_a_request_are_sent_together() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, within(1):
        stream = DeadlineStream(Raw(ours))
        theirs.send(b"answer")

        for block in (b"head", b"a", bytes(SMALL_BYTES), b"b", b"c"):
            stream.write(block)
        stream.read(64)

        packets = [theirs.recv(2 * SMALL_BYTES) for _ in range(3)]

    assert packets == [b"heada", bytes(SMALL_BYTES), b"bc"]


@contextmanager
def raw_engine(tls: ssl.SSLContext | None = None, **how: object) -> Iterator[str]:
    """Serve one connection with `serve`, over TLS if asked; yield its address."""

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with tls.wrap_socket(connection, server_side=True) if tls else connection as engine:
                serve(engine, **how)  # type: ignore[arg-type]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = Thread(target=accept, args=(listener,))
        serving.start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        serving.join()


def serve(
    engine: socket.socket, *, answer: bytes = b"", pause_s: float = 0.0, reads: bool = True
) -> None:
    """Answer the beginning of a request, and read the rest in some way until the client ends."""
    engine.recv(256 * 1024 if reads else 1)
    engine.sendall(answer)
    while reads and engine.recv(256 * 1024):
        time.sleep(pause_s)
    if not reads and not answer:
        time.sleep(0.5)


@contextmanager
def connected(tls: ssl.SSLContext | None = None) -> Iterator[EngineConnections]:
    with EngineConnections(1, connect_s=3, wait_s=0.01, tls=tls) as connections, within(30):
        yield connections


def test_a_refusal_counts_though_the_engine_hung_up_on_the_request() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"

    with raw_engine(answer=refusal, reads=False) as url, connected() as connections:
        assert exchange(connections, url, bytes(SMALL_BYTES)) == b"no"


def test_an_engine_that_does_not_read_is_given_up() -> None:
    with (
        raw_engine(reads=False) as url,
        connected() as connections,
        pytest.raises(httpx.TimeoutException),
        within(0.1),
    ):
        exchange(connections, url, bytes(64 * 1024 * 1024))


def test_an_engine_that_reads_slowly_gets_no_more_time() -> None:
    begun = time.monotonic()

    with (
        raw_engine(pause_s=0.1) as url,
        connected() as connections,
        pytest.raises(httpx.TimeoutException),
        within(0.3),
    ):
        exchange(connections, url, bytes(64 * 1024 * 1024))

    assert time.monotonic() - begun < 10


def without_certificates(protocol: int) -> ssl.SSLContext:
    """TLS without certificates, so that no test needs one."""
    made = ssl.SSLContext(protocol)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")
    return made


@pytest.fixture
def tls() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The engine's context, and the gateway's."""
    return (
        without_certificates(ssl.PROTOCOL_TLS_SERVER),
        without_certificates(ssl.PROTOCOL_TLS_CLIENT),
    )


def test_an_answer_may_come_over_tls(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with raw_engine(tls[0], answer=HELLO) as url, connected(tls[1]) as connections:
        assert exchange(connections, url) == b"hello"


def test_a_silent_engine_is_given_up_over_tls(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    with (
        raw_engine(tls[0]) as url,
        connected(tls[1]) as connections,
        pytest.raises(httpx.ReadTimeout),
        within(0.2),
    ):
        exchange(connections, url)


def test_an_engine_that_does_not_read_is_given_up_over_tls(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    with (
        raw_engine(tls[0], reads=False) as url,
        connected(tls[1]) as connections,
        pytest.raises(httpx.TimeoutException),
        within(0.2),
    ):
        exchange(connections, url, bytes(16 * 1024 * 1024))
