"""Measure distances of embeddings of one person and of two, by the length of the speech.

    .venv/bin/python -m benchmarks.embedding_distances --recordings FOLDER

Each recording of the folder (`mono.*` and `reference.rttm`, as `benchmarks.figures` reads them) is
cut into the speech of one person at a time; clips of each length are compared.
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import combinations_with_replacement, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from audio.media.decoding import SAMPLE_RATE, clips
from audio.media.recording import Recording
from audio.merge.values import Span
from benchmarks.measures.speaker_errors import reference_turns
from benchmarks.synthetic.long_meeting import FOLDER
from cpu_engine import models
from cpu_engine.diarization.embeddings import Embedder, log_mel, unit

SECONDS = (1, 2, 4, 8)
MOST_CLIPS = 8
SHARES = (0, 1, 50, 99, 100)
Vectors = NDArray[np.float32]


def main() -> int:
    """Print one row for each recording and length."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recordings", type=Path, metavar="FOLDER", default=FOLDER.parent)
    root = parser.parse_args().recordings
    shares = ", ".join(f"{share} %" for share in SHARES)
    table = Table("recording", "clips of", f"one person: {shares}", f"two people: {shares}")
    table.box = None
    embedder = Embedder(models.product("fingerprints"), 1)
    for rttm in sorted(root.glob("*/reference.rttm")):
        speech = dict(_lone_speech(rttm))
        for seconds in SECONDS:
            people = [_fingerprints(embedder, one, seconds) for one in speech.values()]
            table.add_row(rttm.parent.name, f"{seconds} s", *_distances(people))
    Console(width=120).print(table)
    return 0


def _lone_speech(rttm: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield the speech of each person without overlaps."""
    turns = reference_turns(rttm)
    recording = next(rttm.parent.glob("mono.*"))
    for person in turns.labels():
        alone = turns.label_timeline(person).extrude(turns.get_overlap())
        spans = [Span(one.start, one.end) for one in alone]
        yield person, np.concatenate(clips(Recording(recording), spans))


def _fingerprints(embedder: Embedder, speech: Vectors, seconds: int) -> Vectors:
    length = seconds * SAMPLE_RATE
    starts = islice(range(0, len(speech) - length + 1, length), MOST_CLIPS)
    rows = [embedder(log_mel(speech[start : start + length])) for start in starts]
    return unit(np.stack(rows)) if rows else np.empty((0, 1), np.float32)


def _distances(people: list[Vectors]) -> tuple[str, str]:
    """Return percentiles of 1 - cosine over all pairs of clips, of one person and of two."""
    one: list[NDArray[np.float32]] = []
    two: list[NDArray[np.float32]] = []
    heard = [(number, rows) for number, rows in enumerate(people) if len(rows)]
    for (number, rows), (other, others) in combinations_with_replacement(heard, 2):
        apart = 1.0 - rows @ others.T
        if number == other:
            one.append(apart[np.triu_indices(len(rows), 1)])
        else:
            two.append(apart.ravel())
    return _shown(one), _shown(two)


def _shown(distances: list[NDArray[np.float32]]) -> str:
    every = np.concatenate(distances) if distances else np.empty(0)
    if not len(every):
        return ""
    return "  ".join(f"{value:.2f}" for value in np.percentile(every, SHARES))


if __name__ == "__main__":
    sys.exit(main())
