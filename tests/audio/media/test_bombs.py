"""A small file that becomes a large recording is refused, and the gateway goes on."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway
from tests.recordings import SWELLING_MB, TONE, encoded, said_to_last, swelling, ten_hours, wav

TRANSCRIBE = "/v1/audio/transcriptions"
MERGE = "/api/audio/label-merge"
TEN_HOURS = ten_hours()


@pytest.fixture(scope="module")
def tight(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway whose decoders have little memory."""
    folder = tmp_path_factory.mktemp("tight")
    with running_gateway(
        folder, PARAKEET_URL=fault_server.url, DECODER_MEMORY_MB=str(SWELLING_MB)
    ) as gateway:
        yield gateway


@pytest.mark.parametrize(
    "bomb",
    [TEN_HOURS, said_to_last(30, TEN_HOURS), said_to_last(0, TEN_HOURS)],
    ids=["says so", "says half a minute", "says nothing"],
)
def test_ten_hours_in_a_few_kilobytes_are_refused(
    scripted: Gateway, faults: FaultServer, bomb: bytes
) -> None:
    answer = scripted.post(TRANSCRIBE, files={"file": bomb})

    assert len(bomb) < 30_000
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "file: the recording is longer than 8 hours."
    assert faults.asked == []


@pytest.mark.parametrize("path", [TRANSCRIBE, "/api/audio/diarize-chunk", MERGE])
def test_an_unusable_sample_rate_is_refused(
    scripted: Gateway, faults: FaultServer, path: str
) -> None:
    one_hertz = wav(np.zeros(28_000, np.int16), 1)

    answer = scripted.post(path, files={"file": one_hertz}, data={"timeline": "[]"})

    message = "file: expected a sample rate of 2000 to 384000 Hz, got 1 Hz."
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)
    assert answer.json()["error"]["param"] == "file"
    assert faults.asked == []


def test_the_track_that_is_too_long_is_named(scripted: Gateway, faults: FaultServer) -> None:
    tracks = {"mic_file": TONE, "system_file": TEN_HOURS}

    answer = scripted.post(MERGE, files=tracks, data={"timeline": "[]"})

    assert answer.json()["error"]["param"] == "system_file"
    assert faults.asked == []


def test_a_recording_that_fills_the_memory_is_refused(tight: Gateway, faults: FaultServer) -> None:
    answer = tight.post(TRANSCRIBE, files={"file": swelling()})

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "file"
    assert faults.asked == []


def test_the_recording_after_a_bomb_is_transcribed(tight: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, {"text": "Hello."})

    tight.post(TRANSCRIBE, files={"file": swelling()})

    assert tight.post(TRANSCRIBE, files={"file": TONE}).json()["text"] == "Hello."


def test_a_recording_whose_decoder_is_killed_may_be_sent_again(
    tmp_path: Path, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"text": "Hello."})
    upload = {"file": flac(tmp_path)}
    with running_gateway(tmp_path, PARAKEET_URL=faults.url) as gateway:
        gateway.post(TRANSCRIBE, files=upload)
        [decoder] = decoders_of(gateway)
        os.kill(decoder, signal.SIGSTOP)
        asked = ThreadPoolExecutor().submit(gateway.post, TRANSCRIBE, files=upload)
        time.sleep(0.5)
        os.kill(decoder, signal.SIGKILL)

        assert asked.result().status_code == 503
        assert asked.result().json()["error"]["code"] == "decoding_unavailable"
        assert gateway.post(TRANSCRIBE, files=upload).json()["text"] == "Hello."


def flac(folder: Path) -> bytes:
    """A second of sound that has to be decoded."""
    (folder / "a.wav").write_bytes(TONE)
    return encoded(folder / "a.wav", folder / "a.flac", "flac", seconds=1.0).read_bytes()


def decoders_of(gateway: Gateway) -> list[int]:
    """The decoders that the gateway's worker has started."""
    [worker] = children_of(gateway.pid)
    return children_of(worker)


def children_of(pid: int) -> list[int]:
    """Return the processes that any of its threads has started."""
    pids = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for child in " ".join(pids).split()]
