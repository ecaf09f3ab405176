"""Measure the speed of the voice library.

    python -m spark_control.laptop --no-engines --data var/library -- \
        python -m benchmarks.library_speed [voices] [updates] [meetings]

It uses its own database, which is dropped afterwards. Without arguments it runs all parts:

    voices      100,000 voiceprints of 20,000 people: the speed of storing them, and the speed and
                recall of identification by the index and by exact comparison
    updates     110,000 updates of 100,000 voiceprints without a vacuum: the recall of the index
                among dead rows (20 minutes or more, nearly all of them for the updates)
    meetings    10,000 transcripts of 200 blocks: the speed of searching words and erasing people
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.synthetic.library_tables import (
    build_index,
    drop_index,
    execute,
    own_database,
    replace_vectors,
    store_people,
    store_voiceprints,
)
from benchmarks.synthetic.library_transcripts import store_transcripts
from benchmarks.synthetic.voice_library import Population, Vectors, vocabulary
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.matching import neighbours
from voiceprints.matching.voice_matching import identify_voice
from voiceprints.models import Person, Space, Transcript, Voiceprint

PEOPLE, VOICEPRINTS = 20_000, 100_000
SIZES = (5_000, 10_000, 20_000, 40_000)
# Voiceprints that are added after the index was built.
LATE = 10_000
QUESTIONS, FEW_QUESTIONS = 1_000, 100
LIKENESS = "voiceprint_by_likeness"
MEETINGS, BLOCKS, CAST, KNOWN = 10_000, 200, 4, 2_000
# Ranks of words by frequency.
RANKS = {"frequent": 30, "middling": 1_000, "rare": 19_000}
PAGE = 51
# Recall is measured after as many updates as these shares of the voiceprints.
UPDATED = (0.1, 0.5, 1.0, 1.1)
ALWAYS, NEVER = 0, sys.maxsize


def main() -> int:
    """Print the figures, one row at a time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts", nargs="*", choices=["voices", "updates", "meetings", []], metavar="PART"
    )
    parser.add_argument("--share", type=float, default=1.0, help="scale all sizes by this factor")
    parser.add_argument("--blocks", type=int, default=BLOCKS, help="blocks of a transcript")
    asked = parser.parse_args()
    parts = PARTS | {"meetings": partial(meetings, blocks=asked.blocks)}
    for part in asked.parts or PARTS:
        with own_database():
            for what, figure in parts[part](np.random.default_rng(5), asked.share):
                print(f"| {what} | {figure} |", flush=True)
    return 0


Lines = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Library:
    """The stored voiceprints, and the number of the person each belongs to."""

    people: Sequence[Person]
    owners: NDArray[np.int64]
    vectors: Vectors
    space: Space

    def keep(self, first: int, last: int) -> float:
        """Store these voiceprints and return the rate per second."""
        owners = [self.people[owner] for owner in self.owners[first:last]]
        started = time.perf_counter()
        store_voiceprints(range(first, last), owners, self.vectors[first:last], self.space)
        rate = (last - first) / (time.perf_counter() - started)
        execute("VACUUM ANALYZE voiceprints_voiceprint")
        return rate

    def owner_of_nearest(self, questions: Vectors) -> list[object]:
        """Return the person of the nearest voiceprint to each question, exactly."""
        nearest = np.argmax(questions @ self.vectors.T, axis=1)
        return [self.people[owner].id for owner in self.owners[nearest]]


def voices(random: Generator, share: float) -> Lines:
    """Store voiceprints in steps, compare exactly at each; then build and query the index."""
    crowd = Population(random, round(PEOPLE * share))
    people = store_people(f"Person {number}" for number in range(len(crowd)))
    total = round(VOICEPRINTS * share)
    owners = np.arange(total) % len(crowd)
    library = Library(people, owners, crowd.heard(owners), Space.for_engine("benchmark"))
    drop_index(Voiceprint, LIKENESS)
    some = crowd.heard(owners[:FEW_QUESTIONS])
    kept = 0
    for size in [round(size * share) for size in SIZES]:
        library.keep(kept, size)
        kept = size
        yield f"{size:,} voiceprints, exact", _asked(library, some, NEVER)
    late = total - round(LATE * share)
    yield "voiceprints stored without the index", f"{library.keep(kept, late):,.0f} a second"
    seconds = _seconds(lambda: build_index(Voiceprint, LIKENESS))
    yield f"the index of {late:,} voiceprints", f"{seconds:.0f} s, {late / seconds:,.0f} a second"
    yield "voiceprints stored with the index", f"{library.keep(late, total):,.0f} a second"
    yield f"{total:,} voiceprints, exact", _asked(library, some, NEVER)
    yield f"{total:,} voiceprints, by the index", _asked(library, some, ALWAYS)
    known = random.integers(0, len(crowd), QUESTIONS)
    yield from _found(library, "known voices", crowd.heard(known))
    yield from _found(library, "strangers", crowd.strangers(QUESTIONS))


def updates(random: Generator, share: float) -> Lines:
    """Embed every voiceprint anew without a vacuum, and measure what the index still finds."""
    crowd = Population(random, round(PEOPLE * share))
    people = store_people(f"Person {number}" for number in range(len(crowd)))
    total = round(VOICEPRINTS * share)
    owners = np.arange(total) % len(crowd)
    library = Library(people, owners, crowd.heard(owners), Space.for_engine("benchmark"))
    drop_index(Voiceprint, LIKENESS)
    library.keep(0, total)
    build_index(Voiceprint, LIKENESS)
    execute("ALTER TABLE voiceprints_voiceprint SET (autovacuum_enabled = off)")
    questions = crowd.heard(random.integers(0, len(crowd), QUESTIONS))
    yield from _recalled(library, questions, 0)
    rows = np.concatenate([random.permutation(total), random.permutation(total)])
    done = 0
    for upto in [round(total * part) for part in UPDATED]:
        batch = rows[done:upto]
        library.vectors[batch] = crowd.heard(owners[batch])
        seconds = _seconds(partial(replace_vectors, batch, library.vectors[batch]))
        yield f"{len(batch):,} updates", f"{len(batch) / seconds:,.0f} a second"
        done = upto
        yield from _recalled(library, questions, done)


def _recalled(library: Library, questions: Vectors, updated: int) -> Lines:
    """Measure the index alone, and the answer with the rule for dead rows."""
    execute("SELECT pg_stat_force_next_flush()")
    rule = neighbours.MOST_DEAD_PER_LIVE
    for who, neighbours.MOST_DEAD_PER_LIVE in {"index alone": sys.maxsize, "answer": rule}.items():
        for what, figure in _found(library, who, questions):
            yield f"{what}, after {updated:,} updates", figure


def _asked(library: Library, questions: Vectors, exact_up_to: int) -> str:
    neighbours.EXACT_UP_TO = exact_up_to
    return _spread([_seconds(partial(identify_voice, q, library.space)) for q in questions])


def _found(library: Library, who: str, questions: Vectors) -> Lines:
    """Yield the speed and the recall of the index against exact comparison."""
    neighbours.EXACT_UP_TO = ALWAYS
    taken, first, decided = [], [], []
    for question in questions.astype(np.float64):
        started = time.perf_counter()
        found = identify_voice(question, library.space)
        taken.append(time.perf_counter() - started)
        first.append(found.candidates[0].person_id)
        decided.append(found.decision)
    truth = library.owner_of_nearest(questions)
    recall = np.mean([one == other for one, other in zip(first, truth, strict=True)])
    yield f"identify, {who}", _spread(taken)
    yield f"recall@1, {who}", f"{recall:.4f}"
    yield f"decided, {who}", ", ".join(f"{d} {decided.count(d)}" for d in sorted({*decided}))


def meetings(random: Generator, share: float, *, blocks: int = BLOCKS) -> Lines:
    """Store the transcripts, search words, erase people."""
    people = store_people(f"Person {number}" for number in range(KNOWN))
    total = round(MEETINGS * share)
    # The first person is in a tenth of the transcripts, the second in ten; the rest is random.
    casts = [
        [people[one] for one in random.choice(np.arange(2, KNOWN), CAST, replace=False)]
        for _ in range(total)
    ]
    for number in range(0, total, 10):
        casts[number][0] = people[0]
    for number in range(1, total, total // 10):
        casts[number][0] = people[1]
    seconds = _seconds(lambda: store_transcripts(random, casts, blocks))
    yield "blocks stored, indexed afterwards", f"{total * blocks / seconds:,.0f} a second"
    words = vocabulary()
    for kind, rank in RANKS.items():
        found = Transcript.objects.with_words(words[rank]).count()
        yield (
            f"a {kind} word, in {found:,} transcripts",
            _spread(_searches(words[rank : rank + 9])),
        )
    pairs = [f"{words[rank]} {words[rank + 40]}" for rank in range(100, 110)]
    yield "two words in one block", _spread(_searches(pairs))
    for person in people[1::-1]:
        appearances = person.appearances.count()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = _seconds(partial(erase_person, person.id, actor="benchmark"))
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        yield (
            f"erase a person of {appearances:,} transcripts",
            f"{seconds:.2f} s, {more:.0f} MiB more memory",
        )


def _searches(words: Sequence[str]) -> list[float]:
    """Time the first page of each search three times."""
    pages = [Transcript.objects.with_words(word).defer("result")[:PAGE] for word in words]
    # Only a copy of the queryset is evaluated again.
    return [_seconds(partial(list, page.all())) for page in pages for _ in range(3)]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _spread(taken: Sequence[float]) -> str:
    p50, p99 = np.percentile(taken, [50, 99]) * 1000
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


PARTS = {"voices": voices, "updates": updates, "meetings": meetings}

if __name__ == "__main__":
    sys.exit(main())
