"""Measure what each dialect loses and costs, with the built-in engine behind a shim of it.

    python -m spark_control.laptop --no-database --data var/dialects -- \
      python -m benchmarks.dialect_quality [NAME …]

Each row is a gateway over one shim: errors of the clinic meeting's words, and its names by a
timeline and by voices alone. The exit status is 1 where a row with word times is more than half a
point of cpWER from the native one, or one without is more than two.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.dialect_quality.added_time import RECORDING, added_ms
from benchmarks.dialect_quality.rows import HEARD, ROWS, Row, gateway_over
from benchmarks.dialect_quality.shims import running_shims
from benchmarks.measures.requests import LONGEST_WAIT_S
from benchmarks.measures.speaker_errors import cpwer
from benchmarks.measures.transcript_scores import Said, score
from benchmarks.recorded_meetings import CLINIC, Meeting
from spark_control.laptop.gateway import Gateway

MEETING = Meeting(CLINIC)
MERGE = "/api/audio/label-merge"
COLUMNS = ("WER", "cpWER", "right by timeline", "right by voices", "added p50")
# Points of cpWER that a dialect with word times, and one without, may lose.
LIMITS = {True: 0.005, False: 0.02}


def main() -> int:
    """Measure the rows; report those beyond their limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows; default: all")
    chosen = parser.parse_args().names
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


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a row, and the voices that its gateway found."""

    cpwer: float
    cells: Sequence[str]
    voices: Mapping[str, Sequence[float]]


def _measured(row: Row, url: str, native: Measured | None) -> Measured:
    with gateway_over(row, url) as gateway:
        by_timeline = _merged(gateway, timeline=MEETING.timeline)
        voices = native.voices if native else by_timeline["fingerprints"]
        by_voices = _merged(gateway, timeline="[]", known_voiceprints=json.dumps(voices))
        added = added_ms(gateway, row, url)
    reference = [Said(one.name, one.text) for one in MEETING.utterances]
    said, said_by_voices = _said(by_timeline), _said(by_voices)
    rates = score(reference, said)
    rate = cpwer([(reference, said)])
    cells = (
        f"{rates.word_error_rate:.2%}",
        f"{rate:.2%}",
        f"{rates.rightly_named:.2%}",
        f"{score(reference, said_by_voices).rightly_named:.2%}",
        f"{added:.1f} ms",
    )
    return Measured(rate, cells, by_timeline["fingerprints"])


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


if __name__ == "__main__":
    sys.exit(main())
