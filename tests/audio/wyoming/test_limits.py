"""What a client of Wyoming can do to the server: nothing, within its limits."""

import json
import signal
import socket
import struct
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.ping import Ping
from wyoming.tts import Synthesize

from tests.audio.wyoming.conftest import SPOKEN
from tests.engine_answers import SPEAK, TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.server_command import ServerCommand
from tests.waiting import until
from tests.wyoming_process import WyomingClient, connected, running_wyoming

GIB = 1 << 30


def frame(**header: object) -> bytes:
    return json.dumps({"type": "ping", **header}).encode() + b"\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (frame(payload_length=GIB), "payload_length: expected a number of bytes up to 1048576."),
        (frame(data_length=GIB), "data_length: expected a number of bytes up to 262144."),
        (frame(payload_length=-1), "payload_length: expected a number"),
        (frame(payload_length="9"), "payload_length: expected a number"),
        (frame(payload_length=True), "payload_length: expected a number"),
        (b"{" + b" " * 70_000, "header: expected at most 65536 bytes."),
        (b"GET / HTTP/1.1\r\n\r\n", "header: expected JSON."),
        (b"[1]\n", "header: expected a JSON object."),
        (b'{"type": 1}\n', "header: expected type"),
        (b'{"type": "ping", "data": 1}\n', "header: expected type"),
        (frame(data_length=2) + b"1]", "data: expected JSON"),
    ],
)
def test_a_frame_beyond_the_limits_is_refused_before_it_is_read(
    client: WyomingClient, content: bytes, says: str
) -> None:
    client.send_bytes(content)

    error = client.error()
    assert error.data["text"].startswith(says)
    assert error.data["code"] == "bad_frame"


def test_a_frame_that_breaks_off_is_refused(client: WyomingClient) -> None:
    client.send_bytes(frame(payload_length=100) + b"1234")
    client.connection.shutdown(socket.SHUT_WR)

    assert client.error().data["text"] == "The connection ended within a frame."


def test_audio_without_end_is_refused_where_it_is_too_long(client: WyomingClient) -> None:
    second = AudioChunk(16_000, 2, 1, bytes(32_000))

    client.send(AudioStart(16_000, 2, 1), *[second] * 6)

    assert "at most 5 s of audio" in client.error().data["text"]


def test_a_silent_client_is_disconnected(client: WyomingClient) -> None:
    assert client.error().data["code"] == "idle_timeout"


def test_a_client_that_never_reads_is_disconnected_and_others_are_served(
    wyoming: ServerCommand, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(SPOKEN, *[bytes(1 << 20)] * 30), content_type="audio/wav")
    with connected(wyoming) as deaf, connected(wyoming) as other:
        deaf.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.send(Synthesize("A very long story."))
        other.send(Ping("there?"))

        assert other.receive() is not None
        until(lambda: any(line.get("cut") for line in wyoming.lines("request")))


def test_a_client_that_leaves_stops_the_speech(
    wyoming: ServerCommand, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(SPOKEN,), content_type="audio/wav", hangs=True)
    with connected(wyoming) as client:
        client.send(Synthesize("A very long story."))
        client.until("audio-chunk")
        linger = struct.pack("ii", 1, 0)
        client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    assert faults.left.wait(10)


def test_more_connections_than_allowed_are_refused(wyoming: ServerCommand) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(wyoming)) for _ in range(4)]
        for one in clients:
            one.send(Ping())
            one.receive()

        with connected(wyoming) as fifth:
            assert fifth.error().data["code"] == "too_many_connections"


def test_sigterm_answers_what_is_under_way_and_ends_silent_clients(
    tmp_path: Path, wyoming: ServerCommand, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION, after_s=0.5)
    with (
        running_wyoming(tmp_path, PARAKEET_URL=faults.url) as server,
        connected(server) as busy,
        connected(server) as silent,
    ):
        silent.send(Ping())
        silent.receive()
        busy.send(AudioStart(16_000, 2, 1), AudioChunk(16_000, 2, 1, bytes(3_200)), AudioStop())
        until(lambda: bool(faults.asked))
        server.process.send_signal(signal.SIGTERM)

        assert silent.error().data["code"] == "server_stopping"
        assert busy.until("transcript-stop")
        assert busy.error().data["code"] == "server_stopping"
        assert server.process.wait(10) == 0


def test_many_clients_speak_at_the_same_time(wyoming: ServerCommand) -> None:
    done = []

    def speak() -> None:
        with connected(wyoming) as client:
            client.send(Synthesize("The light is on."))
            done.append(client.until("audio-stop"))

    threads = [threading.Thread(target=speak) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(done) == 4
