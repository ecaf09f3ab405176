"""Measure linking errors on a long meeting by the cut: the largest distance of linked labels.

    .venv/bin/python -m spark_control.laptop --no-database --data var/long -- \\
        .venv/bin/python -m benchmarks.linking_cut

Each chunk goes to the engine once, as the gateway would send it; `chunks/` beside the meeting
stores the answers, so that a second run continues where the first was stopped.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from audio.media.chunk_files import ChunkFile, chunk_files
from audio.media.recording import Recording
from audio.merge.chunks.chunk_overlaps import Chunk
from audio.merge.chunks.constrained_clustering import LinkingRule
from audio.merge.chunks.linking import link_chunks
from audio.merge.values import Diarization, Turn
from benchmarks.long_recordings import Recorded, reference_of, whole_of
from benchmarks.measures.speaker_errors import Comparison, diarization_error, hypothesis_turns
from benchmarks.synthetic.long_meeting import FOLDER

CHUNK_S = 300.0
CUTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
LONGEST_WAIT_S = 600.0
SHARES = (0, 1, 5, 50, 95, 99, 100)


def main() -> int:
    """Print one row for each cut."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"the meeting ({FOLDER})")
    meeting = whole_of(parser.parse_args().folder)
    chunks = [_chunk(answer) for answer in _diarized_chunks(meeting)]
    people = len({utterance.name for utterance in meeting.utterances})
    table = Table("cut", f"found, of {people}", "of at least 10 s", "DER", "DER, collar 0.25 s")
    table.box = None
    for cut in CUTS:
        table.add_row(f"{cut:.1f}", *_row(meeting, chunks, cut))
    Console(width=100).print(table)
    _print_distances(meeting, chunks)
    return 0


def _diarized_chunks(meeting: Recorded) -> Iterator[dict[str, Any]]:
    folder = meeting.path.with_name("chunks")
    folder.mkdir(exist_ok=True)
    with chunk_files(Recording(meeting.path), CHUNK_S) as files:
        for number, file in enumerate(files):
            stored = folder / f"{number:02}.json"
            if not stored.exists():
                stored.write_text(json.dumps(_diarize(file)))
            yield json.loads(stored.read_text())


def _diarize(chunk: ChunkFile) -> dict[str, Any]:
    url = f"{os.environ['PARAKEET_URL']}/v1/audio/diarize-chunk"
    with chunk.path.open("rb") as file:
        answer = httpx.post(url, files={"file": file}, timeout=LONGEST_WAIT_S)
    return {"start": chunk.start, "end": chunk.end, **answer.raise_for_status().json()}


def _chunk(answer: dict[str, Any]) -> Chunk:
    turns = tuple(Turn(t["start_s"], t["end_s"], t["speaker"]) for t in answer["segments"])
    embeddings = {label: np.array(vector) for label, vector in answer["fingerprints"].items()}
    diarization = Diarization(turns, tuple(answer["speakers_detected"]), embeddings)
    return Chunk(answer["start"], answer["end"], diarization)


def _row(meeting: Recorded, chunks: Sequence[Chunk], cut: float) -> list[str]:
    linked = link_chunks(chunks, rule=LinkingRule(cut)).diarization
    segments = [{"start_s": t.start, "end_s": t.end, "speaker": t.speaker} for t in linked.turns]
    comparison = Comparison(reference_of(meeting), hypothesis_turns(segments), meeting.seconds)
    long = sum(
        comparison.heard.label_duration(label) >= 10.0 for label in comparison.heard.labels()
    )
    errors = [f"{diarization_error([comparison], collar):.1%}" for collar in (0.0, 0.25)]
    return [str(len(linked.speakers)), str(long), *errors]


def _print_distances(meeting: Recorded, chunks: Sequence[Chunk]) -> None:
    """Print distances between labels of one person, and between labels of two."""
    labels = [
        (_person(meeting, chunk, label), vector / np.linalg.norm(vector))
        for chunk in chunks
        for label, vector in chunk.diarization.embeddings.items()
    ]
    rows = np.stack([vector for _, vector in labels])
    distances = 1.0 - rows @ rows.T
    people = np.array([person for person, _ in labels])
    once = np.triu(np.ones_like(distances, dtype=np.bool_), 1)
    same_person = people[:, np.newaxis] == people
    for what, pairs in (("one person", once & same_person), ("two people", once & ~same_person)):
        shown = ", ".join(f"{value:.2f}" for value in np.percentile(distances[pairs], SHARES))
        print(f"distances of labels of {what}, at {SHARES} %: {shown}")


def _person(meeting: Recorded, chunk: Chunk, label: str) -> str:
    """Return the person who speaks most during the turns of a label."""
    seconds: dict[str, float] = {}
    spans = [
        (span, utterance.name) for utterance in meeting.utterances for span in utterance.speech
    ]
    for turn in chunk.diarization.turns:
        if turn.speaker == label:
            for (start, end), name in spans:
                both = min(end, turn.end + chunk.start) - max(start, turn.start + chunk.start)
                seconds[name] = seconds.get(name, 0.0) + max(0.0, both)
    return max(seconds, key=seconds.__getitem__)


if __name__ == "__main__":
    sys.exit(main())
