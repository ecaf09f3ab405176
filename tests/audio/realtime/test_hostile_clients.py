"""Clients that send too much, read nothing, or never end."""

import json
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.faults.answers import as_json
from tests.realtime_process import Realtime, Talk, running_realtime, talking
from tests.waiting import PATIENCE_S, until

SECOND = bytes(48_000)
COMPLETED = "conversation.item.input_audio_transcription.completed"


@pytest.fixture(scope="module")
def brief(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Realtime]:
    """A process whose sessions end soon."""
    folder = tmp_path_factory.mktemp("brief")
    settings = {"REALTIME_IDLE_S": "0.5", "REALTIME_SESSION_S": "1.5"}
    with running_realtime(folder, PARAKEET_URL=fault_server.url, **settings) as realtime:
        yield realtime


def error_and_close(talk: Talk) -> tuple[str, int]:
    """Return the code of the error that ends a session, and that of its close frame."""
    code = str(talk.next("error")["error"]["code"])
    with pytest.raises(ConnectionClosed) as closed:
        talk.socket.recv(timeout=PATIENCE_S)
    assert closed.value.rcvd is not None
    return code, closed.value.rcvd.code


def test_audio_without_end_is_refused_and_what_was_committed_is_kept(
    talk: Talk, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    talk.append(SECOND * 20)
    talk.send("input_audio_buffer.append", audio="AAAA" * 12_000)

    assert talk.next("error")["error"]["code"] == "input_audio_buffer_full"
    talk.send("input_audio_buffer.commit")
    assert talk.next(COMPLETED)["usage"]["seconds"] == pytest.approx(20, abs=0.01)


def test_audio_faster_than_the_engine_waits_in_the_clients_socket(
    talk: Talk, faults: FaultServer
) -> None:
    faults.respond(TRANSCRIBE, lambda _asked: as_json(TRANSCRIPTION, after_s=0.2))
    for _ in range(6):
        talk.append(SECOND * 10)
        talk.send("input_audio_buffer.commit")

    completed = [talk.next(COMPLETED)["item_id"] for _ in range(6)]

    assert len(set(completed)) == 6


def test_a_message_of_a_gigabyte_is_refused_by_its_header(realtime: Realtime) -> None:
    with talking(realtime) as talk:
        talk.socket.socket.sendall(struct.pack("!BBQ4s", 0x81, 0xFF, 1 << 30, bytes(4)))

        with pytest.raises(ConnectionClosedError) as closed:
            talk.receive()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_a_message_of_fragments_is_refused_at_the_limit(realtime: Realtime) -> None:
    with talking(realtime) as talk, pytest.raises(ConnectionClosedError) as closed:
        talk.socket.send(bytes(1 << 20) for _ in range(40))

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_one_message_may_hold_minutes(talk: Talk) -> None:
    talk.update(turn_detection={"type": "server_vad"})
    talk.append(SECOND * 200, piece=48_000 * 200)
    talk.send("input_audio_buffer.commit")

    assert talk.next(COMPLETED)["transcript"] == ""


def test_binary_nonsense_is_answered_by_an_error(talk: Talk) -> None:
    talk.socket.send(os.urandom(1000))

    assert talk.next("error")["error"]["code"] == "invalid_json"


def test_a_client_that_reads_nothing_is_closed(realtime: Realtime) -> None:
    with closing(slow_reader(realtime)) as stalled:
        frame = masked(json.dumps({"type": "nothing", "event_id": "x" * 500}).encode())
        stalled.settimeout(0.5)
        until(lambda: is_cut(stalled, frame * 200))

    until(lambda: any(line.get("cut") for line in realtime.lines("session")))


def slow_reader(realtime: Realtime) -> socket.socket:
    """Open a session over a socket that takes little, and read nothing of it."""
    address = urlsplit(realtime.url)
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.connect((address.hostname, address.port))
    stalled.sendall(
        b"GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    return stalled


def masked(payload: bytes) -> bytes:
    """Return a text frame of a client whose mask changes nothing."""
    return struct.pack("!BBH4s", 0x81, 0x80 | 126, len(payload), bytes(4)) + payload


def is_cut(stalled: socket.socket, frames: bytes) -> bool:
    """Send on; return whether the server has closed the connection."""
    try:
        stalled.sendall(frames)
    except TimeoutError:
        return False
    except OSError:
        return True
    return False


def test_an_idle_client_gets_an_error_and_is_closed(brief: Realtime) -> None:
    with talking(brief) as talk:
        assert error_and_close(talk) == ("idle_timeout", 1000)


def test_a_session_ends_at_its_longest_duration(brief: Realtime) -> None:
    with talking(brief) as talk:
        for _ in range(12):
            talk.append(SECOND, piece=48_000)
            time.sleep(0.1)

        assert error_and_close(talk) == ("session_expired", 1000)


def test_sigterm_ends_sessions_after_their_items(faults: FaultServer, tmp_path: Path) -> None:
    faults.respond(TRANSCRIBE, lambda _asked: as_json(TRANSCRIPTION, after_s=0.5))
    with (
        running_realtime(tmp_path, PARAKEET_URL=faults.url) as realtime,
        talking(realtime) as talk,
    ):
        talk.update(turn_detection=None)
        talk.append(SECOND)
        talk.send("input_audio_buffer.commit")
        talk.next("input_audio_buffer.committed")

        os.kill(realtime.pid, signal.SIGTERM)

        assert talk.next(COMPLETED)["transcript"] == TRANSCRIPTION["text"]
        assert error_and_close(talk) == ("server_stopping", 1001)


def test_sigterm_waits_for_a_hanging_engine_no_longer_than_it_may(
    faults: FaultServer, tmp_path: Path
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION, pieces=(), hangs=True)
    options = ("--graceful-timeout", "0.2")
    with (
        running_realtime(tmp_path, *options, PARAKEET_URL=faults.url) as realtime,
        talking(realtime) as talk,
    ):
        talk.update(turn_detection=None)
        talk.append(SECOND)
        talk.send("input_audio_buffer.commit")
        until(lambda: len(faults.asked) == 1)

        os.kill(realtime.pid, signal.SIGTERM)

        assert error_and_close(talk) == ("server_stopping", 1001)
        until(faults.left.is_set)


def test_kill_9_leaves_nothing(faults: FaultServer, tmp_path: Path) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION, pieces=(), hangs=True)
    uploads = tmp_path / "uploads"
    settings = {"PARAKEET_URL": faults.url, "UPLOADS_DIR": str(uploads), "TMPDIR": str(tmp_path)}
    before = set(tmp_path.rglob("*"))
    with running_realtime(tmp_path, **settings) as realtime, talking(realtime) as talk:
        talk.update(turn_detection=None)
        talk.append(SECOND)
        talk.send("input_audio_buffer.commit")
        until(lambda: len(faults.asked) == 1)

        os.kill(realtime.pid, signal.SIGKILL)

        until(faults.left.is_set)
        left = {path for path in tmp_path.rglob("*") if path.is_file()}
        assert left - before - {realtime.log} == set()
