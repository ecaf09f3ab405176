"""wyoming-openai itself, between Home Assistant's voice protocol and the gateway."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import pytest
from wyoming.asr import Transcribe, Transcript, TranscriptChunk
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event, Eventable, read_event, write_event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeVoice

from tests.conftest import CLINIC
from tests.gateway_process import ROOT, Gateway
from tests.heard_words import is_heard
from tests.recordings import cut_of

pytestmark = pytest.mark.models
PROGRAM = Path(__file__).with_name("wyoming_openai_program.py")
INSTALLED = Path(sys.prefix) / "clients" / "wyoming_openai"
SPOKEN = "Good morning, everyone."


@pytest.fixture(scope="module")
def bridge(mp3_gateway: Gateway) -> Iterator[int]:
    """The port of the bridge, which has no key and must detect the kind of server."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
    url = f"{mp3_gateway.url}/v1"
    options = [
        f"--uri=tcp://127.0.0.1:{port}",
        f"--stt-openai-url={url}",
        f"--tts-openai-url={url}",
        "--stt-models=whisper-1",
        "--stt-streaming-models=gpt-4o-transcribe",
        "--tts-models=tts-1",
    ]
    environment = os.environ | {"PYTHONPATH": str(INSTALLED)}
    with subprocess.Popen(
        [sys.executable, "-P", str(PROGRAM), *options], cwd=ROOT, env=environment
    ) as process:
        _wait_for(port)
        yield port
        process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the bridge did not start")


def conversation(port: int, *events: Eventable) -> Iterator[Event]:
    """Send events to the bridge, and yield its answers."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as connection,
        connection.makefile("rb") as answers,
        connection.makefile("wb") as stream,
    ):
        for item in events:
            write_event(item.event(), stream)
        stream.flush()
        while event := read_event(answers):
            yield event


def recording(folder: Path) -> list[Eventable]:
    """The first words of the clinic meeting, as a satellite sends them."""
    samples = cut_of(CLINIC / "mic.flac", 3.0, folder / "greeting.wav").read_bytes()[44:]
    start = AudioStart(rate=16_000, width=2, channels=1)
    return [start, AudioChunk(16_000, 2, 1, samples), AudioStop()]


def test_the_gateway_is_recognised_as_openai_with_nine_voices(bridge: int) -> None:
    info = Info.from_event(next(conversation(bridge, Describe())))

    voices = [voice.name for program in info.tts for voice in program.voices]
    assert len(voices) == 9
    assert {"alloy", "shimmer"} <= set(voices)


def test_a_voice_command_is_transcribed(bridge: int, tmp_path: Path) -> None:
    asked = Transcribe(name="whisper-1", language="en")

    events = conversation(bridge, asked, *recording(tmp_path))

    heard = next(event for event in events if Transcript.is_type(event.type))
    assert is_heard(Transcript.from_event(heard).text, SPOKEN)


def test_the_parts_of_a_streamed_transcript_join(bridge: int, tmp_path: Path) -> None:
    asked = Transcribe(name="gpt-4o-transcribe", language="en")
    events = conversation(bridge, asked, *recording(tmp_path))

    pieces = [
        TranscriptChunk.from_event(event).text
        for event in takewhile(lambda event: event.type != "transcript-stop", events)
        if TranscriptChunk.is_type(event.type)
    ]

    assert is_heard("".join(pieces), SPOKEN)


def test_an_answer_is_spoken(bridge: int) -> None:
    asked = Synthesize(text="Hi there.", voice=SynthesizeVoice(name="alloy"))

    events = list(
        takewhile(lambda event: not AudioStop.is_type(event.type), conversation(bridge, asked))
    )

    start = AudioStart.from_event(events[0])
    assert (start.rate, start.width, start.channels) == (24_000, 2, 1)
    assert sum(len(event.payload or b"") for event in events) > 0.3 * 48_000
