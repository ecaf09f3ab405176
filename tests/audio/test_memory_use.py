"""Memory does not grow with a recording, and speech is passed on as it arrives."""

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
# It includes threads and pools that are needed for the first time.
MAX_MIB = 48
BLOCK = bytes(4096)


@pytest.fixture
def gateway_of_sink(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway over an engine that discards its uploads."""
    with running_engine() as port:
        parakeet = {"PARAKEET_URL": f"http://127.0.0.1:{port}"}
        with running_gateway(tmp_path, UPLOADS_DIR=str(tmp_path), **parakeet) as gateway:
            yield gateway


def target(gateway: Gateway, room: Path) -> Target:
    return Target(int(gateway.url.rpartition(":")[2]), gateway.pid, room)


def test_a_large_upload_takes_no_memory(gateway_of_sink: Gateway, tmp_path: Path) -> None:
    uploaded = upload_memory.one_file(LARGE, target(gateway_of_sink, tmp_path))

    assert uploaded.peak_mib < MAX_MIB


def test_two_large_tracks_take_no_memory(gateway_of_sink: Gateway, tmp_path: Path) -> None:
    uploaded = upload_memory.two_tracks(LARGE // 2, target(gateway_of_sink, tmp_path))

    assert uploaded.peak_mib < MAX_MIB


def test_speech_arrives_while_the_engine_still_speaks(
    scripted: Gateway, faults: FaultServer
) -> None:
    is_received = Event()

    def speak() -> Iterator[bytes]:
        yield BLOCK
        assert is_received.wait(30)
        yield BLOCK

    faults.respond(SPEAK, lambda _: Answer(pieces=speak(), content_type="audio/wav"))

    with httpx.stream("POST", scripted.url + SPEAK, json={"input": "Hi"}, timeout=30) as answer:
        blocks = answer.iter_raw()
        first = next(blocks)
        is_received.set()
        rest = b"".join(blocks)

    assert first + rest == BLOCK * 2


def test_an_engine_and_its_connections_are_made_once(faults: FaultServer) -> None:
    assert engine("parakeet", faults.url) is engine("parakeet", faults.url)
    assert engine("parakeet", faults.url) is not engine("kokoro", faults.url)
