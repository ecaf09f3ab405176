"""Measure the speed of the merge core.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.merge_speed             three minutes
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.merge_speed --quick     no plain 100,000 words

It runs on one thread, as the web process does: two threads on busy cores take up to 20 times as
long. `audio.merge` and the plain loops of `benchmarks.measures.plain_rules` compute each rule; the
results must be equal, and the ratio is that of the medians of one run.
"""

import argparse
import gc
import math
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from audio.merge.chunks.linking import link_chunks
from audio.merge.naming.overlap import ShownName, find_shown_names
from audio.merge.naming.voices.voice_similarity import find_nearest_voices
from audio.merge.tracks.local_speech import select_by_level
from audio.merge.tracks.loudness import Track
from audio.merge.values import Block, Turn, Voices, Word
from audio.merge.words.assignment import group_words, label_words
from benchmarks.measures import plain_rules
from benchmarks.synthetic.meetings import (
    DIMENSION,
    RATE,
    meeting_chunk,
    meeting_timeline,
    meeting_turns,
    meeting_words,
    record,
    samples_of,
)

HOUR_S = 3600
TOLERANCE_S = 0.25
Result = TypeVar("Result")


class Different(Exception):
    """The merge core and the plain loops disagree about one rule."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table; seconds are medians."""

    work: str
    ours_s: float
    plain_s: float | None = None
    asked: str = ""
    note: str = ""


def main() -> int:
    """Print one row after another."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="no plain loops over 100 000 words")
    quick = parser.parse_args().quick
    table = Table("work", "merge core", "plain loops", "ratio", "asked", "", box=None)
    for figure in _figures(quick):
        print(figure, file=sys.stderr, flush=True)
        table.add_row(*_cells(figure))
    Console(width=150).print(table)
    return 0


def _figures(quick: bool) -> Iterator[Figure]:
    yield _words(10_000, 1_000, asked="40 x")
    yield _words(56_000, 5_600, asked="0.2 s", compared=False)
    yield _words(100_000, 10_000, asked="300 x", compared=not quick)
    yield _naming()
    yield _voices(40, 1_000, asked="50 x")
    yield _voices(4, 100_000, compared=False)
    yield _gate()
    yield _linking()
    yield from _growth()


def _cells(figure: Figure) -> tuple[str, ...]:
    ours = f"{figure.ours_s * 1000:.1f} ms"
    if figure.plain_s is None:
        return figure.work, ours, "", "", figure.asked, figure.note
    ratio = f"{figure.plain_s / figure.ours_s:.0f} x"
    return figure.work, ours, f"{figure.plain_s:.2f} s", ratio, figure.asked, figure.note


def _words(words: int, turns: int, *, asked: str = "", compared: bool = True) -> Figure:
    random = np.random.default_rng(words)
    spoken = meeting_turns(random, turns)
    spoken_words = meeting_words(random, words, spoken[-1].end)
    work = f"words into blocks, {words:,} words x {turns:,} turns"
    ours_s, ours = timed(lambda: _blocks(spoken_words, spoken), times=5)
    if not compared:
        return Figure(work, ours_s, asked=asked)
    plain_s, slow = timed(
        lambda: _plain_blocks(spoken_words, spoken), times=3 if words < 50_000 else 1
    )
    _check(ours == slow)
    return Figure(work, ours_s, plain_s, asked)


def _blocks(words: Sequence[Word], turns: Sequence[Turn]) -> list[Block]:
    return group_words(words, label_words(words, turns, tolerance_s=TOLERANCE_S))


def _plain_blocks(words: Sequence[Word], turns: Sequence[Turn]) -> list[Block]:
    return plain_rules.plain_blocks(words, plain_rules.plain_labels(words, turns, TOLERANCE_S))


def _naming() -> Figure:
    random = np.random.default_rng(5)
    spoken = meeting_turns(random, 5_000)
    entries = meeting_timeline(random, 3_000, spoken[-1].end)
    work = "naming, 5,000 turns x 3,000 hints"
    ours_s, ours = timed(lambda: find_shown_names(spoken, entries), times=9)
    plain_s, slow = timed(lambda: plain_rules.plain_shown(spoken, entries), times=3)
    _check(
        _winners(ours)
        == {speaker: (name, round(share, 9)) for speaker, (name, share) in slow.items()}
    )
    return Figure(work, ours_s, plain_s, "300 x")


def _winners(shown: Mapping[str, ShownName]) -> dict[str, tuple[str, float]]:
    return {speaker: (one.name, round(one.share, 9)) for speaker, one in shown.items()}


def _voices(speakers: int, known: int, *, asked: str = "", compared: bool = True) -> Figure:
    random = np.random.default_rng(known)
    # A third of the people have two embeddings.
    names = tuple(f"Person {row % (known * 3 // 4)}" for row in range(known))
    voices = Voices(names, random.normal(size=(known, DIMENSION)))
    embeddings = {f"Speaker_{at}": random.normal(size=DIMENSION) for at in range(speakers)}
    work = f"voices, {speakers} speakers x {known:,} known"
    ours_s, ours = timed(lambda: find_nearest_voices(embeddings, [voices]), times=9)
    if not compared:
        return Figure(work, ours_s, asked=asked)
    lists = {speaker: vector.tolist() for speaker, vector in embeddings.items()}
    plain_s, slow = timed(lambda: plain_rules.plain_nearest(lists, voices), times=3)
    _check(
        {speaker: one.name for speaker, one in ours.items()}
        == {speaker: slow[speaker][0] for speaker in slow}
    )
    return Figure(work, ours_s, plain_s, asked)


def _gate() -> Figure:
    """Time both with the samples in memory; measure the memory with the samples in files."""
    random = np.random.default_rng(7)
    words = meeting_words(random, 10_000, HOUR_S - 1.0)
    with tempfile.TemporaryDirectory() as folder:
        paths = [record(random, Path(folder) / name, HOUR_S) for name in ("mic", "system")]
        mic_file, system_file = (Track(RATE, partial(samples_of, path)) for path in paths)
        peak = _peak_mib(lambda: select_by_level(mic_file, system_file, words, []))
        mic, system = (np.concatenate(list(samples_of(path))) for path in paths)
    one, other = Track(RATE, lambda: [mic]), Track(RATE, lambda: [system])
    ours_s, ours = timed(lambda: select_by_level(one, other, words, []), times=7)
    plain_s, slow = timed(lambda: plain_rules.plain_local_words(mic, system, RATE, words), times=3)
    _check(list(ours.words) == slow)
    work = "the mic gate, 1 h of two 16 kHz tracks, 10,000 words"
    return Figure(work, ours_s, plain_s, "30 x, 32 MiB", f"{peak:.1f} MiB beyond the files")


def _peak_mib(work: Callable[[], object]) -> float:
    """Return the peak memory that Python and numpy allocate during the work, in MiB."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def _linking() -> Figure:
    random = np.random.default_rng(9)
    people = random.normal(size=(9, DIMENSION))
    chunks = [meeting_chunk(random, number, people) for number in range(300)]
    ours_s, linked = timed(lambda: link_chunks(chunks), times=3)
    found = f"{len(linked.diarization.speakers)} speakers of 9"
    return Figure("linking, 300 chunks x 4 labels (24 h)", ours_s, note=found)


def _growth() -> Iterator[Figure]:
    for words in (10_000, 100_000, 1_000_000):
        ours_s = _words(words, words // 10, compared=False).ours_s
        each_ns = ours_s / (words * math.log2(words)) * 1e9
        yield Figure(f"growth, {words:,} words", ours_s, note=f"{each_ns:.0f} ns each n log2 n")


def timed(work: Callable[[], Result], *, times: int) -> tuple[float, Result]:
    """Return the median time and the last result; like `timeit`, without garbage collection."""
    taken = []
    gc.disable()
    for _ in range(times):
        started = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - started)
    gc.enable()
    return statistics.median(taken), result


def _check(equal: bool) -> None:
    if not equal:
        raise Different("the merge core and the plain loops disagree")


if __name__ == "__main__":
    sys.exit(main())
