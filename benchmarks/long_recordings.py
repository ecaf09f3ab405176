"""Measure the errors on a long meeting, sent as one file and as a folder of short ones.

    .venv/bin/python -m spark_control.laptop --no-database --data var/long -- \\
        .venv/bin/python -m benchmarks.long_recordings

`benchmarks.synthetic.long_meeting` makes the meeting. The short files are cut between turns, about
every five minutes. Speakers belong to one file there, and errors are counted per file: labels are
assigned to people anew for each file, and identity across files is not measured.
"""

import argparse
import sys
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from pyannote.core import Annotation, Segment
from rich.console import Console
from rich.table import Table

from benchmarks.measures.requests import SETTINGS, TimedAnswer, ask
from benchmarks.measures.speaker_errors import (
    Comparison,
    cpwer,
    diarization_error,
    hypothesis_turns,
)
from benchmarks.measures.transcript_scores import Said
from benchmarks.recorded_meetings import Meeting, Utterance
from benchmarks.synthetic.long_meeting import FOLDER
from spark_control.laptop.gateway import running_gateway

LOG = Path("var/long/gateway.log")
SHORT_S = 300.0
COLLARS_S = (0.0, 0.25)
ALL_WORDS = {"timeline": "[]", "transcribe": "true"}
COLUMNS = ("DER", "DER, collar 0.25 s", "people", "found", "cpWER", "time / audio", "peak memory")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording and its reference, in seconds from its own start."""

    path: Path
    seconds: float
    utterances: Sequence[Utterance]


def main() -> int:
    """Print one row for each way of sending it."""
    options = _options()
    whole = whole_of(options.folder)
    table = Table("as", *COLUMNS, box=None)
    for way in options.ways:
        recordings = [whole] if way == "one" else list(_short(whole, options.folder / "short"))
        for row in _figures(recordings, words=not options.no_words):
            print(way, row, file=sys.stderr, flush=True)
        table.add_row(way, *(row.get(column, "") for column in COLUMNS))
    Console(width=140).print(table)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"the meeting ({FOLDER})")
    parser.add_argument("--ways", nargs="+", choices=("one", "many"), default=("one", "many"))
    parser.add_argument("--no-words", action="store_true", help="measure only diarization")
    return parser.parse_args()


def whole_of(folder: Path) -> Recorded:
    """Return the whole meeting of a folder."""
    path = folder / "mono.wav"
    with wave.open(str(path)) as file:
        seconds = file.getnframes() / file.getframerate()
    return Recorded(path, seconds, Meeting(folder).utterances)


def _short(whole: Recorded, folder: Path) -> Iterator[Recorded]:
    """Write the meeting as files of about `SHORT_S`, cut between utterances."""
    folder.mkdir(exist_ok=True)
    cuts = [0.0, *_quiet_moments(whole), whole.seconds]
    with wave.open(str(whole.path)) as source:
        for number, (start, end) in enumerate(pairwise(cuts)):
            path = folder / f"{number:02}.wav"
            frames = round(end * source.getframerate()) - source.tell()
            with wave.open(str(path), "wb") as part:
                part.setparams(source.getparams())
                part.writeframes(source.readframes(frames))
            said = [_moved(one, -start) for one in whole.utterances if start <= one.start < end]
            yield Recorded(path, end - start, said)


def _quiet_moments(whole: Recorded) -> list[float]:
    ends = np.maximum.accumulate([one.end for one in whole.utterances[:-1]])
    starts = np.array([one.start for one in whole.utterances[1:]])
    quiet = ((ends + starts) / 2)[starts > ends]
    wished = np.arange(SHORT_S, whole.seconds - SHORT_S / 2, SHORT_S)
    return [float(quiet[np.abs(quiet - moment).argmin()]) for moment in wished]


def _moved(one: Utterance, by: float) -> Utterance:
    speech = tuple((start + by, end + by) for start, end in one.speech)
    return replace(one, start=one.start + by, end=one.end + by, speech=speech)


def _figures(recordings: Sequence[Recorded], *, words: bool) -> Iterator[dict[str, str]]:
    """Yield the row with diarization first, then the row with words too."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    files = [{"file": one.path} for one in recordings]
    with running_gateway(LOG, SETTINGS) as gateway:
        turns = [ask(gateway, "/api/audio/diarize-chunk", file, {}) for file in files]
        row = _errors_of_turns(recordings, turns) | _costs(recordings, turns)
        yield row
        if words:
            told = [ask(gateway, "/api/audio/label-merge", file, ALL_WORDS) for file in files]
            yield row | {"cpWER": _errors_of_words(recordings, told)} | _costs(recordings, told)


def _errors_of_turns(
    recordings: Sequence[Recorded], answers: Sequence[TimedAnswer]
) -> dict[str, str]:
    talks = [
        Comparison(reference_of(one), hypothesis_turns(answer.body["segments"]), one.seconds)
        for one, answer in zip(recordings, answers, strict=True)
    ]
    errors = [f"{diarization_error(talks, collar):.1%}" for collar in COLLARS_S]
    people = [str(len({said.name for said in one.utterances})) for one in recordings]
    found = [str(len(talk.heard.labels())) for talk in talks]
    return dict(zip(COLUMNS, (*errors, " ".join(people), " ".join(found)), strict=False))


def reference_of(one: Recorded) -> Annotation:
    """Return the reference turns of a recording."""
    turns = Annotation()
    spans = [(span, said.name) for said in one.utterances for span in said.speech]
    for number, (span, name) in enumerate(spans):
        turns[Segment(*span), number] = name
    return turns


def _errors_of_words(recordings: Sequence[Recorded], answers: Sequence[TimedAnswer]) -> str:
    pairs = [
        (
            [Said(said.name, said.text) for said in one.utterances],
            [Said(block["speaker"], block["text"]) for block in answer.body["segments"]],
        )
        for one, answer in zip(recordings, answers, strict=True)
    ]
    return f"{cpwer(pairs):.1%}"


def _costs(recordings: Sequence[Recorded], answers: Sequence[TimedAnswer]) -> dict[str, str]:
    share = sum(a.seconds for a in answers) / sum(one.seconds for one in recordings)
    peak = max(answer.gateway_mib for answer in answers)
    return {"time / audio": f"{share:.2f}", "peak memory": f"{peak:.0f} MiB"}


if __name__ == "__main__":
    sys.exit(main())
