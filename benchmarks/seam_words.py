"""Count the words that are lost or doubled at the seams of simulated hours.

    .venv/bin/python -m benchmarks.seam_words --hours 20

An hour of sentences is cut about every three minutes, as the gateway cuts. Each chunk's answer has
all words later or earlier by up to 0.16 s, each word by a further 20 ms (standard deviation), and
3 % of its words heard differently. Beside it the rule that gives a word to the chunk in which its
midpoint is.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from numpy.random import Generator, default_rng

from audio.merge.chunks.transcript_text import Part, join_parts
from audio.merge.values import Transcription, Word
from benchmarks.synthetic.sentences import sentences

HOUR_S, CHUNK_S, SEARCH_S, HALF_OVERLAP_S = 3600.0, 180.0, 15.0, 5.0
SHIFTS_S = (0.0, 0.04, -0.04, 0.08, -0.08, 0.12, 0.16, -0.16)
JITTER_S = 0.02
MISHEARD = 0.03
# Seconds: the length of a word, then the pauses between words and between sentences.
WORD_S, GAP_S, PAUSE_S = (0.12, 0.5), (0.0, 0.06), (0.2, 1.2)


def main() -> int:
    """Print a row for each rule."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=int, default=20)
    hours = parser.parse_args().hours
    rows = {"matched": Counter[str](), "midpoint": Counter[str]()}
    for seed in range(hours):
        random = default_rng(seed)
        words = list(_hour(random))
        parts = list(_parts(random, words))
        rows["matched"] += _count(words, join_parts(parts).words, seams=len(parts) - 1)
        rows["midpoint"] += _count(words, _by_midpoint(parts), seams=len(parts) - 1)
    print("| rule | seams | words | lost | doubled |")
    print("| --- | --- | --- | --- | --- |")
    for rule, row in rows.items():
        cells = (str(row[column]) for column in ("seams", "words", "lost", "doubled"))
        print(f"| {rule} | {' | '.join(cells)} |")
    return 0


def _hour(random: Generator) -> Iterator[Word]:
    """Yield words as they are spoken; the field `gap` carries the number of each."""
    at, number = 0.3, 0
    while at < HOUR_S:
        for text in " ".join(sentences(random, 1)).split():
            end = at + random.uniform(*WORD_S)
            yield Word(at, end, text, gap=str(number))
            at, number = end + random.uniform(*GAP_S), number + 1
        at += random.uniform(*PAUSE_S)


def _parts(random: Generator, words: Sequence[Word]) -> Iterator[Part]:
    begin, end = 0.0, words[-1].end
    while begin < end:
        stop = begin + CHUNK_S + random.uniform(-SEARCH_S, SEARCH_S)
        stop = end if end - stop < CHUNK_S / 3 else stop
        start, last = max(0.0, begin - HALF_OVERLAP_S), stop + HALF_OVERLAP_S
        shift = float(random.choice(SHIFTS_S)) - start
        heard = (_heard(random, word, shift) for word in words if start <= word.start < last)
        by_start = sorted(heard, key=lambda word: word.start)
        yield Part(start, begin, stop, Transcription("", tuple(by_start)))
        begin = stop


def _heard(random: Generator, word: Word, shift_s: float) -> Word:
    by_s = shift_s + random.normal(0.0, JITTER_S)
    text = f"{word.text}x" if random.random() < MISHEARD else word.text
    start = max(0.0, word.start + by_s)
    return Word(start, max(start, word.end + by_s), text, gap=word.gap)


def _by_midpoint(parts: Sequence[Part]) -> list[Word]:
    return [
        word
        for part in parts
        for word in part.transcription.words
        if part.begin <= part.start + (word.start + word.end) / 2 < part.stop
    ]


def _count(words: Sequence[Word], joined: Sequence[Word], *, seams: int) -> Counter[str]:
    found = Counter(word.gap for word in joined)
    counts = [found[word.gap] for word in words]
    return Counter(
        seams=seams,
        words=len(words),
        lost=counts.count(0),
        doubled=sum(count - 1 for count in counts if count > 1),
    )


if __name__ == "__main__":
    sys.exit(main())
