"""What speed and flat memory rest on: bytes go on as they come, and nothing is made anew."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import httpx
import pytest

from audio.engines.client import engine
from benchmarks.gateway import upload_memory
from benchmarks.gateway.calls import MEBIBYTE
from benchmarks.gateway.engine import running_engine
from benchmarks.gateway.upload_memory import Target
from tests.engine_answers import SPEAK
from tests.faults import Answer, FaultServer
from tests.gateway_process import Gateway, running_gateway

LARGE = 300 * MEBIBYTE
# Threads and pools that are needed for the first time are in it.
MOST_MIB = 48
PIECE = bytes(4096)


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway over an engine that forgets what it is sent."""
    with running_engine() as port:
        parakeet = {"PARAKEET_URL": f"http://127.0.0.1:{port}"}
        with running_gateway(tmp_path, UPLOADS_DIR=str(tmp_path), **parakeet) as gateway:
            yield gateway


def target(gateway: Gateway, room: Path) -> Target:
    return Target(int(gateway.url.rpartition(":")[2]), gateway.pid, room)


def test_a_large_upload_takes_no_memory(hearing: Gateway, tmp_path: Path) -> None:
    uploaded = upload_memory.one_file(LARGE, target(hearing, tmp_path))

    assert uploaded.peak_mib < MOST_MIB


def test_two_large_tracks_take_no_memory(hearing: Gateway, tmp_path: Path) -> None:
    uploaded = upload_memory.two_tracks(LARGE // 2, target(hearing, tmp_path))

    assert uploaded.peak_mib < MOST_MIB


def test_speech_goes_on_while_the_engine_still_speaks(
    scripted: Gateway, faults: FaultServer
) -> None:
    heard = Event()

    def speak() -> Iterator[bytes]:
        yield PIECE
        assert heard.wait(30)
        yield PIECE

    faults.respond(SPEAK, lambda _: Answer(pieces=speak(), content_type="audio/wav"))

    with httpx.stream("POST", scripted.url + SPEAK, json={"input": "Hi"}, timeout=30) as answer:
        pieces = answer.iter_raw()
        first = next(pieces)
        heard.set()
        rest = b"".join(pieces)

    assert first + rest == PIECE * 2


def test_an_engine_and_its_connections_are_made_once(faults: FaultServer) -> None:
    assert engine("parakeet", faults.url) is engine("parakeet", faults.url)
    assert engine("parakeet", faults.url) is not engine("kokoro", faults.url)
