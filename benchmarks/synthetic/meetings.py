"""Synthetic meetings of any length, the same for the same seed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audio.merge.chunks.chunk_overlaps import Chunk
from audio.merge.values import Diarization, TimelineEntry, Turn, Word

RATE = 16_000
DIMENSION = 192
PEOPLE = 8
BLOCK = 65_536


def meeting_turns(random: Generator, count: int) -> list[Turn]:
    """Return turns of 3 s on average; every fifth begins before the last one ends."""
    lengths = random.exponential(2.7, count) + 0.3
    pauses = np.where(random.random(count) < 0.2, -0.4, random.exponential(0.5, count))
    starts = np.maximum(0.0, np.cumsum(lengths + pauses) - lengths)
    who = random.integers(0, PEOPLE, count)
    return [
        Turn(start, start + length, f"Speaker_{speaker}")
        for start, length, speaker in zip(
            starts.tolist(), lengths.tolist(), who.tolist(), strict=True
        )
    ]


def meeting_words(random: Generator, count: int, length_s: float) -> list[Word]:
    """Return words of up to half a second, spread over the meeting."""
    starts = np.sort(random.uniform(0.0, length_s, count))
    lengths = random.uniform(0.1, 0.5, count)
    return [
        Word(start, start + length, "word," if at % 9 == 0 else "word")
        for at, (start, length) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True))
    ]


def meeting_timeline(random: Generator, count: int, length_s: float) -> list[TimelineEntry]:
    """Return timeline entries of 4 s on average; some overlap."""
    starts = np.sort(random.uniform(0.0, length_s, count))
    ends = starts + random.exponential(4.0, count)
    who = random.integers(0, PEOPLE, count)
    return [
        TimelineEntry(start, end, f"Person {name}")
        for start, end, name in zip(starts.tolist(), ends.tolist(), who.tolist(), strict=True)
    ]


def meeting_chunk(random: Generator, number: int, people: NDArray[np.float64]) -> Chunk:
    """Return a chunk of 300 s with four of the people, silent in the 10 s shared with the next."""
    who = random.choice(len(people), 4, replace=False)
    embeddings = {
        f"Speaker_{label}": people[person] + random.normal(scale=0.7, size=DIMENSION)
        for label, person in enumerate(who)
    }
    turns = [t for t in meeting_turns(random, 90) if t.start > 10.0 and t.end < 290.0]
    relabelled = tuple(Turn(t.start, t.end, f"Speaker_{int(t.speaker[-1]) % 4}") for t in turns)
    return Chunk(
        number * 290.0,
        number * 290.0 + 300.0,
        Diarization(relabelled, tuple(embeddings), embeddings),
    )


def record(random: Generator, path: Path, seconds: int) -> Path:
    """Write noise whose level changes every second, as 16-bit samples without a header."""
    with path.open("wb") as file:
        for level in random.uniform(100.0, 9000.0, seconds):
            file.write(random.normal(0.0, level, RATE).clip(-32768, 32767).astype("<i2").tobytes())
    return path


def samples_of(path: Path) -> Iterator[NDArray[np.float32]]:
    """Yield the samples of such a recording in blocks."""
    with path.open("rb") as file:
        while block := file.read(2 * BLOCK):
            yield np.frombuffer(block, dtype="<i2").astype(np.float32) / np.float32(32768.0)
