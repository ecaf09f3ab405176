"""Measure what each dialect loses and costs, with the built-in engine behind a shim of it.

    python -m spark_control.laptop --no-database --data var/dialects -- \
      python -m benchmarks.dialect_quality [--added] [NAME …]

Each row is a gateway over one shim: errors of the clinic meeting's words, and its names by a
timeline and by voices alone. The exit status is 1 where a row with word times is more than half a
point of cpWER from the native one, or one without is more than two. `--added` measures only how
much longer an answer takes through the gateway, in some minutes, on an idle machine.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from audio.media.decoding import clips
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.values import Span
from benchmarks.dialect_quality.shims import running_shims
from benchmarks.measures.requests import LONGEST_WAIT_S, SETTINGS
from benchmarks.measures.speaker_errors import cpwer
from benchmarks.measures.transcript_scores import Said, score
from benchmarks.recorded_meetings import CLINIC, Meeting
from spark_control.laptop.gateway import Gateway, running_gateway

LOG = Path("var/dialects/gateway.log")
HEARD = LOG.with_name("heard")
MEETING = Meeting(CLINIC)
RECORDING = CLINIC / "mono.flac"
MERGE = "/api/audio/label-merge"
TRANSCRIBE = "/v1/audio/transcriptions"
COLUMNS = ("WER", "cpWER", "right by timeline", "right by voices", "added p50")
ROUNDS, ROUNDS_ALONE = 40, 150
WARM_UP = 5
SHORT_S = 12.0
# Points of cpWER that a dialect with word times, and one without, may lose.
LIMITS = {True: 0.005, False: 0.02}


@dataclass(frozen=True, slots=True)
class Row:
    """A way to configure engines: by role, the shim below the path, and its dialect.

    `path` is the shim's own path for words; `has_times`: its answers have the times of words.
    """

    name: str
    roles: Mapping[str, tuple[str, str]]
    has_times: bool = True
    path: str = TRANSCRIBE

    def settings(self, url: str) -> dict[str, str]:
        """Return the gateway's settings."""
        named = {"PARAKEET_URL": "", "KOKORO_URL": "", "DATABASE_URL": ""}
        for role, (shim, dialect) in {**_NATIVE, **self.roles}.items():
            named[f"{role}_URL"] = f"{url}/{shim}"
            named[f"{role}_DIALECT"] = dialect
            named[f"{role}_MODEL"] = f"{shim}-{role.lower()}"
        return named | {"WORDS_PATH": self.path if self.path == "/inference" else ""}


_NATIVE = dict.fromkeys(("WORDS", "TURNS", "VOICES"), ("native", "parakeet"))


def _words(shim: str, dialect: str) -> dict[str, tuple[str, str]]:
    return {"WORDS": (shim, dialect)}


def _both(shim: str, dialect: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(("WORDS", "TURNS"), (shim, dialect))


def _all(shim: str, dialect: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(("WORDS", "TURNS", "VOICES"), (shim, dialect))


ROWS = (
    Row("native", {}),
    Row("openai, words", _words("openai", "openai")),
    Row("openai, whisper.cpp", _words("whisper.cpp", "openai"), path="/inference"),
    Row("openai, segments", _words("segments", "openai"), has_times=False),
    Row("openai, text", _words("text", "openai"), has_times=False),
    Row("openai-diarized", _both("diarized", "openai-diarized"), has_times=False),
    Row("openai-diarized, MOSS text", _both("moss", "openai-diarized"), has_times=False),
    Row("localai", _all("localai", "localai")),
    Row("speaches", _all("speaches", "speaches")),
    Row("asr-webservice, words", _words("asr", "asr-webservice"), path="/asr"),
    Row("asr-webservice, WhisperX", _both("asr", "asr-webservice"), path="/asr"),
    Row("nemo-speech-cpp", _both("nemo", "nemo-speech-cpp")),
    Row("nemo-speech-cpp, turns", {"TURNS": ("nemo", "nemo-speech-cpp")}),
)


def main() -> int:
    """Measure the rows; report those beyond their limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows; default: all")
    parser.add_argument("--added", action="store_true", help="measure the added time alone")
    options = parser.parse_args()
    if options.added:
        return _print_added(options.names)
    chosen = options.names
    table = Table("dialect", *COLUMNS, box=None)
    beyond: list[str] = []
    with running_shims(os.environ["PARAKEET_URL"], HEARD) as url:
        native: Measured | None = None
        for row in (
            one for one in ROWS if one.name == "native" or not chosen or one.name in chosen
        ):
            measured = _measured(row, url, native)
            native = native or measured
            print(row.name, measured.cells, file=sys.stderr, flush=True)
            table.add_row(row.name, *measured.cells)
            if abs(measured.cpwer - native.cpwer) > LIMITS[row.has_times]:
                beyond.append(row.name)
    Console(width=120).print(table)
    if beyond:
        print(f"cpWER beyond its limit: {', '.join(beyond)}", file=sys.stderr)
    return bool(beyond)


def _print_added(chosen: Sequence[str]) -> int:
    """Print how much longer a remembered answer takes through the gateway, for each row."""
    table = Table("dialect", f"added p50 of {ROUNDS_ALONE}", box=None)
    with running_shims(os.environ["PARAKEET_URL"], HEARD) as url:
        for row in (one for one in ROWS if not chosen or one.name in chosen):
            with _gateway(row, url) as gateway:
                words_url = row.settings(url)["WORDS_URL"]
                added_ms = _added_ms(gateway, words_url, row.path, ROUNDS_ALONE)
            table.add_row(row.name, f"{added_ms:.1f} ms")
    Console(width=120).print(table)
    return 0


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a row, and the voices that its gateway found."""

    cpwer: float
    cells: Sequence[str]
    voices: Mapping[str, Sequence[float]]


def _measured(row: Row, url: str, native: Measured | None) -> Measured:
    with _gateway(row, url) as gateway:
        by_timeline = _merged(gateway, timeline=MEETING.timeline)
        voices = native.voices if native else by_timeline["fingerprints"]
        by_voices = _merged(gateway, timeline="[]", known_voiceprints=json.dumps(voices))
        added_ms = _added_ms(gateway, row.settings(url)["WORDS_URL"], row.path)
    reference = [Said(one.name, one.text) for one in MEETING.utterances]
    said, said_by_voices = _said(by_timeline), _said(by_voices)
    rates = score(reference, said)
    rate = cpwer([(reference, said)])
    cells = (
        f"{rates.word_error_rate:.2%}",
        f"{rate:.2%}",
        f"{rates.rightly_named:.2%}",
        f"{score(reference, said_by_voices).rightly_named:.2%}",
        f"{added_ms:.1f} ms",
    )
    return Measured(rate, cells, by_timeline["fingerprints"])


@contextmanager
def _gateway(row: Row, url: str) -> Iterator[Gateway]:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with running_gateway(LOG, {**SETTINGS, **row.settings(url)}) as gateway:
        yield gateway


def _merged(gateway: Gateway, **fields: str) -> dict[str, Any]:
    response = httpx.post(
        gateway.url + MERGE,
        files={"file": RECORDING.read_bytes()},
        data={"transcribe": "true", **fields},
        timeout=LONGEST_WAIT_S,
    )
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def _said(answer: Mapping[str, Any]) -> list[Said]:
    return [Said(one["speaker"], one["text"]) for one in answer["segments"]]


def _added_ms(gateway: Gateway, shim: str, path: str, rounds: int = ROUNDS) -> float:
    """Return how much longer a remembered answer takes through the gateway, at the median."""
    field = "audio_file" if path == "/asr" else "file"
    ways = {
        "through": (gateway.url + TRANSCRIBE, "file"),
        "direct": (shim + path, field),
    }
    took: dict[str, list[float]] = {way: [] for way in ways}
    content = _short_recording()
    with httpx.Client(timeout=LONGEST_WAIT_S) as client:
        for _ in range(rounds):
            for way, (url, name) in ways.items():
                started = time.perf_counter()
                data = {"response_format": "verbose_json"}
                response = client.post(url, files={name: ("short.wav", content)}, data=data)
                took[way].append(time.perf_counter() - started)
                response.raise_for_status()
    return (median(took["through"][WARM_UP:]) - median(took["direct"][WARM_UP:])) * 1000


def _short_recording() -> bytes:
    """Return the beginning of the meeting as a WAV, which every engine reads as it is."""
    recording = Recording(RECORDING, ".flac")
    [samples] = clips(recording, [Span(0.0, SHORT_S)])
    return wav(pcm(samples))


if __name__ == "__main__":
    sys.exit(main())
