"""Measure realtime sessions: many over an engine that answers immediately, or one over a real one.

    python -m benchmarks.realtime sessions [--sessions 50] [--seconds 60]
    python -m benchmarks.realtime words FILE [--speed 10]

`sessions` sends the microphone track of the clinic meeting in each session, in real time. It
reports the processor time and the memory of the process that serves them, and how long after the
pause that ends a turn its transcript arrives. `words` sends a recording through one session, with
the engine of PARAKEET_URL, and compares the words with those of the same file sent whole.
"""

import argparse
import asyncio
import base64
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import httpx
import jiwer
import numpy as np
import psutil
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from whisper_normalizer.english import EnglishTextNormalizer

from benchmarks.gateway.engine import running_engine
from spark_control.laptop.gateway import running_gateway
from spark_control.laptop.listening_server import ListeningServer, running_server

RATE = 24_000
# What LiveKit's agents send at a time.
PIECE_S = 0.05
CLINIC = Path(__file__).parent / "clinic" / "mic.flac"
# Over this time sessions begin, one after the other.
APART_S = 10.0
TRANSCRIPTION = "conversation.item.input_audio_transcription"


@dataclass(slots=True)
class Heard:
    """The turns of one session: when the client sent the end of each, and when its words came."""

    began: float = 0.0
    speed: float = 1.0
    ended: dict[str, float] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def main() -> int:
    """Print what was asked for."""
    given = _arguments()
    if given.what == "sessions":
        return _sessions(given.sessions, given.seconds)
    return _words(given.recording, given.speed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_subparsers(dest="what", required=True)
    sessions = what.add_parser("sessions")
    sessions.add_argument("--sessions", type=int, default=50)
    sessions.add_argument("--seconds", type=float, default=60.0)
    words = what.add_parser("words")
    words.add_argument("recording", type=Path)
    words.add_argument("--speed", type=float, default=10.0)
    return parser.parse_args()


def _sessions(count: int, seconds: float) -> int:
    messages = _messages(_samples(CLINIC)[: round(seconds * RATE)])
    with running_engine() as port, _serving({"PARAKEET_URL": f"http://127.0.0.1:{port}"}) as one:
        process = psutil.Process(one.pid)
        before = process.cpu_times()
        heard = asyncio.run(_many(one.url, messages, count))
        used = process.cpu_times()
        memory = process.memory_info().rss / 2**20
    waits = [wait for session in heard for wait in session.waits_s]
    busy_s = used.user + used.system - before.user - before.system
    failures = [failure for session in heard for failure in session.failures]
    median, most = np.median(waits), np.percentile(waits, 99)
    print(f"{count} sessions of {seconds:g} s: {len(waits)} items, {len(failures)} failures")
    busy = busy_s / (seconds + APART_S)
    print(f"processor: {busy:.2f} of a core; memory: {memory:.0f} MiB")
    print(f"from the end of a turn to its words: median {median:.2f} s, p99 {most:.2f} s")
    return 1 if failures else 0


def _words(recording: Path, speed: float) -> int:
    settings = {name: os.environ[name] for name in ("PARAKEET_URL",)}
    with TemporaryDirectory() as folder, running_gateway(Path(folder, "log"), settings) as gateway:
        whole = httpx.post(
            f"{gateway.url}/v1/audio/transcriptions",
            files={"file": recording.read_bytes()},
            timeout=3600,
        ).json()["text"]
    with _serving(settings) as one:
        messages = _messages(_samples(recording))
        [heard] = asyncio.run(_many(one.url, messages, 1, speed))
        engine_s = [line["engine_ms"] / 1000 for line in one.lines("request")]
    normal = EnglishTextNormalizer()
    compared = jiwer.process_words(normal(whole), normal(" ".join(heard.texts)))
    changed = compared.substitutions + compared.insertions + compared.deletions
    print(f"{len(heard.texts)} items; of {len(normal(whole).split())} words {changed} differ")
    print(jiwer.visualize_alignment(compared, show_measures=False))
    print(f"first item: {heard.waits_s[0] - engine_s[0]:.2f} s beyond the engine's own time")
    return 1 if heard.failures else 0


@contextmanager
def _serving(settings: dict[str, str]) -> Iterator[ListeningServer]:
    with TemporaryDirectory() as folder:
        alone = {"DATABASE_URL": "", "API_KEYS": "", **settings}
        with running_server("realtime", Path(folder, "realtime.log"), alone) as one:
            yield one


async def _many(url: str, messages: Sequence[str], count: int, speed: float = 1.0) -> list[Heard]:
    # All send the same track: begun together, their turns would end at the same moment.
    starts = (number * APART_S / count for number in range(count))
    return await asyncio.gather(*(_one(url, messages, start, speed) for start in starts))


async def _one(url: str, messages: Sequence[str], start_s: float, speed: float) -> Heard:
    await asyncio.sleep(start_s)
    heard = Heard(speed=speed)
    async with connect(f"{url}?intent=transcription", compression=None) as socket:
        sending = asyncio.create_task(_send(socket, messages, heard))
        open_items = set[str]()
        async for message in socket:
            _take(json.loads(message), heard, open_items)
            if sending.done() and not open_items:
                break
    return heard


async def _send(socket: ClientConnection, messages: Sequence[str], heard: Heard) -> None:
    heard.began = time.perf_counter()
    for number, message in enumerate(messages, start=1):
        await socket.send(message)
        due = heard.began + number * PIECE_S / heard.speed
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    # Its event, of a buffer that is empty, wakes the reader at the end.
    await socket.send('{"type": "input_audio_buffer.clear"}')


def _take(event: dict[str, Any], heard: Heard, open_items: set[str]) -> None:
    kind, item = event["type"], event.get("item_id", "")
    if kind == "input_audio_buffer.speech_stopped":
        heard.ended[item] = heard.began + event["audio_end_ms"] / 1000 / heard.speed
        open_items.add(item)
    elif kind in (f"{TRANSCRIPTION}.completed", f"{TRANSCRIPTION}.failed"):
        open_items.discard(item)
        heard.waits_s.append(time.perf_counter() - heard.ended[item])
        heard.texts.append(event.get("transcript", ""))
    if kind in ("error", f"{TRANSCRIPTION}.failed"):
        heard.failures.append(event["error"]["message"])


def _messages(samples: NDArray[np.int16]) -> list[str]:
    """Return the events that append samples and a second of silence."""
    whole = np.concatenate([samples, np.zeros(RATE, np.int16)])
    size = round(PIECE_S * RATE)
    pieces = (whole[at : at + size].tobytes() for at in range(0, len(whole), size))
    encoded = (base64.b64encode(piece).decode() for piece in pieces)
    return [json.dumps({"type": "input_audio_buffer.append", "audio": one}) for one in encoded]


def _samples(path: Path) -> NDArray[np.int16]:
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(str(path)) as container:
        frames = [one for frame in container.decode(audio=0) for one in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


if __name__ == "__main__":
    sys.exit(main())
