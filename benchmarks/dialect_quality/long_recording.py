"""Measure a recording of hours through foreign dialects, whose labels begin anew with each call.

    .venv/bin/python -m benchmarks.dialect_quality.long_recording [--hours 3]

Two people talk in tones that scripted engines hear. The engines refuse what exceeds the limits
that servers have by default. After one that warms the gateway up, a recording and one twice as
long are measured: what the second has more are its words. The exit status is 1 where less than
98 % of the speech is under the right name, or the memory grows by more than 48 MiB.
"""

import argparse
import json
import sys
import tempfile
import time
import wave
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.measures.memory import peak_mib, process_tree, reset_peaks
from benchmarks.measures.requests import LONGEST_WAIT_S, SETTINGS
from spark_control.laptop.gateway import Gateway, running_gateway
from tests.audio.engines.dialects.samples import LENGTH_S
from tests.dialects import talk
from tests.faults import Answer, Asked, FaultServer, running_fault_server
from tests.faults.answers import as_json
from tests.recordings import SAMPLE_RATE

LOG = Path("var/long_recording.log")
MERGE = "/api/audio/label-merge"
TRANSCRIBE, DIARIZE = "/v1/audio/transcriptions", "/v1/audio/diarization"
EMBED = "/v1/voice/embed"
HEADER_BYTES = 44
MOST_GROWTH_MIB = 48.0
LEAST_RIGHT = 0.98
MIB = 1024 * 1024
# The limits of LocalAI, and of OpenAI and vLLM, which the engines keep.
TURNS_BYTES, WORDS_BYTES, WORDS_S = 15 * MIB, 25 * MIB, 600.0
_LOCALAI = {"TURNS_DIALECT": "localai", "WORDS_DIALECT": "openai"}
_DIARIZED = dict.fromkeys(("TURNS_DIALECT", "WORDS_DIALECT"), "openai-diarized")
ROWS = {"openai words, localai turns": _LOCALAI, "openai-diarized": _DIARIZED}


@dataclass(frozen=True, slots=True)
class Measured:
    """The share of speech under the right name, the calls, the peak in MiB, and the seconds."""

    right: float
    calls: int
    peak_mib: float
    seconds: float


def main() -> int:
    """Measure each row with both recordings."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=3.0, help="of the shorter recording (3)")
    length_s = parser.parse_args().hours * 3600
    lengths = length_s, 2 * length_s
    table = Table("dialects", "length", "calls", "right", "peak, MiB", "time", box=None)
    failed = False
    for name, dialects in ROWS.items():
        [_, *measured] = _measured(dialects, (length_s, *lengths))
        for seconds, one in zip(lengths, measured, strict=True):
            cells = f"{seconds / 3600:g} h", str(one.calls), f"{one.right:.2%}"
            table.add_row(name, *cells, f"{one.peak_mib:.0f}", f"{one.seconds:.0f} s")
        short, long = measured
        grows = long.peak_mib - short.peak_mib > MOST_GROWTH_MIB
        failed = failed or grows or min(short.right, long.right) < LEAST_RIGHT
    Console(width=120).print(table)
    return int(failed)


def _measured(dialects: Mapping[str, str], lengths: tuple[float, ...]) -> Iterator[Measured]:
    calls: list[str] = []
    with running_fault_server() as faults, tempfile.TemporaryDirectory() as folder:
        _script(faults, calls)
        with running_gateway(LOG, SETTINGS | _settings(dialects, faults.url)) as gateway:
            for length_s in lengths:
                path = Path(folder, f"{length_s:.0f}.wav")
                times = _write(path, length_s)
                calls.clear()
                yield _merged(gateway, path, times, calls)


def _merged(gateway: Gateway, path: Path, times: int, calls: list[str]) -> Measured:
    reset_peaks(process_tree(gateway.pid))
    started = time.monotonic()
    known = json.dumps(talk.known_voiceprints(192))
    fields = {"timeline": "[]", "transcribe": "true", "known_voiceprints": known}
    with path.open("rb") as file:
        response = httpx.post(
            gateway.url + MERGE, files={"file": file}, data=fields, timeout=LONGEST_WAIT_S
        )
    response.raise_for_status()
    seconds = time.monotonic() - started
    peak = peak_mib(process_tree(gateway.pid))
    return Measured(_right(response.json(), times), len(calls), peak, seconds)


def _right(answer: Mapping[str, Any], times: int) -> float:
    """Return the share of the speech that is under the name of the person who talks then.

    What is missing counts as wrong, and so does what is there twice.
    """
    right_s = all_s = 0.0
    for block in answer["segments"]:
        seconds = (block["end_ms"] - block["start_ms"]) / 1000
        middle = (block["start_ms"] + block["end_ms"]) / 2000 % LENGTH_S
        nearest = min(talk.TURNS, key=lambda one: abs((one["start"] + one["end"]) / 2 - middle))
        right_s += seconds * (talk.NAMES[nearest["speaker"]] == block["speaker"])
        all_s += seconds
    spoken_s: float = times * sum(one["end"] - one["start"] for one in talk.TURNS)
    return float(right_s / max(all_s, spoken_s))


def _write(path: Path, length_s: float) -> int:
    """Write the talk as often as it fits; return how often."""
    content = talk.recording()[HEADER_BYTES:]
    times = round(length_s / (len(content) / 2 / SAMPLE_RATE))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        for _ in range(times):
            file.writeframes(content)
    return times


def _settings(dialects: Mapping[str, str], url: str) -> dict[str, str]:
    addresses = {f"{role}_URL": url for role in ("WORDS", "TURNS", "VOICES")}
    models = {f"{role}_MODEL": role.lower() for role in ("WORDS", "TURNS", "VOICES")}
    own = {"PARAKEET_URL": "", "KOKORO_URL": "", "DATABASE_URL": "", "VOICES_DIALECT": "localai"}
    if len(set(dialects.values())) == 1:
        models |= {"WORDS_MODEL": "both", "TURNS_MODEL": "both"}
    return {**own, **addresses, **models, **dialects}


def _script(faults: FaultServer, calls: list[str]) -> None:
    limits = {TRANSCRIBE: WORDS_BYTES, DIARIZE: TURNS_BYTES, EMBED: MIB}
    answers = {TRANSCRIBE: _transcribed, DIARIZE: _diarized, EMBED: _embedded}

    def respond(path: str, asked: Asked) -> Answer:
        calls.append(path)
        # The server records every request with its body.
        faults.asked.clear()
        file = _file(asked)
        if len(file) > limits[path] or len(file) / 2 / SAMPLE_RATE > WORDS_S:
            return as_json({"error": {"message": "Maximum content size exceeded"}}, status=413)
        return as_json(answers[path](file))

    for path in answers:
        faults.respond(path, partial(respond, path))


def _file(asked: Asked) -> bytes:
    if asked.path == EMBED:
        audio = asked.json["audio"]
        assert isinstance(audio, str)  # noqa: S101 — LocalAI's clips are text
        return b64decode(audio.partition(",")[2])
    file = asked.form["file"]
    assert isinstance(file, bytes)  # noqa: S101 — a form with a file was sent
    return file


def _heard(file: bytes) -> Iterator[dict[str, Any]]:
    """Yield the sentences of a file, with labels by the order of their first turns."""
    labels: dict[int, str] = {}
    for start, end, sentence in talk.turns_in(file):
        label = labels.setdefault(sentence % 2, f"SPEAKER_{len(labels):02}")
        yield {"start": start, "end": end, "speaker": label, "text": talk.TEXTS[sentence]}


def _diarized(file: bytes) -> dict[str, Any]:
    return {"segments": [{**one, "text": ""} for one in _heard(file)]}


def _transcribed(file: bytes) -> dict[str, Any]:
    segments = list(_heard(file))
    return {"text": " ".join(one["text"] for one in segments), "segments": segments}


def _embedded(file: bytes) -> dict[str, Any]:
    person = talk.person_in(file)
    vector = person.embeddings[192] if person else [0.01] * 192
    return {"embedding": vector, "dim": 192, "model": "voices"}


if __name__ == "__main__":
    sys.exit(main())
