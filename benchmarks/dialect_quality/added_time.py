"""Measure how much longer an answer takes through the gateway, in each dialect.

    python -m spark_control.laptop --no-database --data var/dialects -- \
      python -m benchmarks.dialect_quality.added_time [NAME …]

The shims remember the answer, so both ways cost only what is between. It takes some minutes, and
needs an idle machine.
"""

import argparse
import os
import time
from statistics import median

import httpx
from rich.console import Console
from rich.table import Table

from audio.media.decoding import clips
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.values import Span
from benchmarks.dialect_quality.rows import HEARD, ROWS, TRANSCRIBE, Row, gateway_over
from benchmarks.dialect_quality.shims import running_shims
from benchmarks.measures.requests import LONGEST_WAIT_S
from benchmarks.recorded_meetings import CLINIC
from spark_control.laptop.gateway import Gateway

RECORDING = CLINIC / "mono.flac"
ROUNDS, ROUNDS_ALONE = 40, 150
WARM_UP = 5
SHORT_S = 12.0


def main() -> None:
    """Measure all rows, or those that are named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows; default: all")
    chosen = parser.parse_args().names
    table = Table("dialect", f"added p50 of {ROUNDS_ALONE}", box=None)
    with running_shims(os.environ["PARAKEET_URL"], HEARD) as url:
        for row in (one for one in ROWS if not chosen or one.name in chosen):
            with gateway_over(row, url) as gateway:
                table.add_row(row.name, f"{added_ms(gateway, row, url, ROUNDS_ALONE):.1f} ms")
    Console(width=120).print(table)


def added_ms(gateway: Gateway, row: Row, shims: str, rounds: int = ROUNDS) -> float:
    """Return how much longer a remembered answer takes through the gateway, at the median."""
    shim, path = row.settings(shims)["WORDS_URL"], row.path
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
    main()
