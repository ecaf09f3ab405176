"""Count the ordinary words that the spelling changes, and measure its time.

    python -m benchmarks.spelling --text FILE… [--terms made-up|jargon|FILE] [--lists 5]
    python -m benchmarks.spelling --heard FILE

Every text is corrected with lists of 500 terms: made-up names, jargon (words that no dictionary
has in the descriptions of the installed packages), or names drawn from FILE, a line each, such as
the surnames of a census. With `--by-frequency` common names are drawn more often: the second
column of FILE is their share. None of the terms is meant, so every change is a false one. FILE of
`--heard` holds what `benchmarks.synthetic.spoken_names` made an engine hear.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from audio.merge.spelling.corrections import Corrected, correct_spelling
from audio.merge.spelling.known_words import known_words
from audio.merge.spelling.vocabulary import WORD, index_of, unknown_words, vocabulary_of
from audio.merge.values import Transcription
from benchmarks.synthetic.made_up_names import made_up_names

TERMS = 500
MADE_UP, JARGON = "made-up", "jargon"
# People of a library, whose names are terms too.
PEOPLE = 3000
# An utterance, whose correction is timed.
WORDS = 200
REPETITIONS = 20


def main() -> int:
    """Print a table of what was asked for."""
    given = _arguments()
    console = Console(width=140)
    if given.heard:
        console.print(_heard_names(json.loads(given.heard.read_text())))
    for text in given.text:
        console.print(_false_changes(text, given))
    console.print(_times())
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text", type=Path, nargs="*", default=[])
    parser.add_argument("--terms", default=MADE_UP)
    parser.add_argument("--by-frequency", action="store_true")
    parser.add_argument("--heard", type=Path)
    parser.add_argument("--lists", type=int, default=5)
    return parser.parse_args()


def _false_changes(path: Path, given: argparse.Namespace) -> Table:
    table = Table(
        "text", "list", "words", "false changes", "per 10,000 words", "examples", box=None
    )
    text = path.read_text(errors="replace")
    words = len(WORD.findall(text))
    for number in range(given.lists):
        corrected = _corrected(text, _terms(given.terms, given.by_frequency, number))
        count = len(corrected.corrections)
        examples = dict.fromkeys(f"{one.heard} → {one.term}" for one in corrected.corrections)
        table.add_row(
            path.name, str(number), str(words), str(count), f"{count / words * 1e4:.2f}",
            ", ".join(list(examples)[:4]),
        )  # fmt: skip
    return table


def _terms(kind: str, by_frequency: bool, number: int) -> tuple[str, ...]:
    random = default_rng(number)
    if kind == MADE_UP:
        return tuple(made_up_names(random, TERMS))
    names, shares = (_jargon(), None) if kind == JARGON else _names(kind, by_frequency)
    return tuple(names[at] for at in random.choice(len(names), TERMS, replace=False, p=shares))


@cache
def _names(path: str, by_frequency: bool) -> tuple[list[str], NDArray[np.float64] | None]:
    """Return the names of a file, and the shares with which they are drawn."""
    rows = [line.split() for line in Path(path).read_text().splitlines() if line.strip()]
    names = [row[0].capitalize() if row[0].isupper() else row[0] for row in rows]
    if not by_frequency:
        return names, None
    # The census rounds the share of rare names to nothing.
    shares = np.array([float(row[1]) for row in rows]) + 1e-9
    return names, shares / shares.sum()


@cache
def _jargon() -> list[str]:
    texts = (one.read_text("METADATA") or "" for one in distributions())
    found = unknown_words("\n".join(sorted(texts)), _is_known)
    return [word for word in found if word.isalpha() and word.isascii() and len(word) < 20]


@cache
def _is_known(word: str) -> bool:
    return known_words("en")(word)


def _corrected(text: str, terms: tuple[str, ...]) -> Corrected:
    return correct_spelling(Transcription(text, ()), vocabulary_of(terms), _is_known)


def _heard_names(recordings: list[dict[str, object]]) -> Table:
    """Count the names of each recording that are in its text, before and after."""
    names = [str(name) for one in recordings for name in _list(one["names"])]
    right_before = right_after = changed = 0
    for one in recordings:
        after = _corrected(str(one["heard"]), tuple(names))
        own = [str(name) for name in _list(one["names"])]
        right_before += sum(name in WORD.findall(str(one["heard"])) for name in own)
        right_after += sum(name in WORD.findall(after.transcription.text) for name in own)
        changed += sum(change.term not in own for change in after.corrections)
        for change in after.corrections:
            print(f"{change.heard} → {change.term}", file=sys.stderr)
    table = Table("names", "right before", "right after", "wrongly changed", box=None)
    table.add_row(*map(str, (len(names), right_before, right_after, changed)))
    return table


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _times() -> Table:
    random = default_rng(0)
    names = made_up_names(random, TERMS + 2 * PEOPLE)
    terms, first, last = names[:TERMS], names[TERMS : TERMS + PEOPLE], names[TERMS + PEOPLE :]
    people = tuple(f"{one} {other}" for one, other in zip(first, last, strict=True))
    text = " ".join(_utterance(terms))
    table = Table("terms", "people", "words", "step", "ms", box=None)
    for given, label in (((tuple(terms),), "0"), ((tuple(terms), people), str(PEOPLE))):
        for step, work in _steps(text, given).items():
            table.add_row(str(TERMS), label, str(WORDS), step, f"{_fastest_ms(work):.2f}")
    return table


def _steps(text: str, lists: tuple[tuple[str, ...], ...]) -> dict[str, Callable[[], object]]:
    is_known = known_words("en")
    is_known("word")
    return {
        "lists, once": lambda: [index_of.__wrapped__(terms) for terms in lists],
        "correction": lambda: correct_spelling(
            Transcription(text, ()), vocabulary_of(*lists), is_known
        ),
    }


def _utterance(terms: Sequence[str]) -> Iterator[str]:
    """Yield ordinary words, among them a misspelled name in twenty."""
    ordinary = [
        "we",
        "spoke",
        "about",
        "the",
        "contract",
        "and",
        "its",
        "date",
        "before",
        "lunch",
        "with",
    ]
    for number in range(WORDS):
        name = terms[number]
        yield f"{name[:-1]}e" if number % 20 == 0 else ordinary[number % len(ordinary)]


def _fastest_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


if __name__ == "__main__":
    sys.exit(main())
