"""Count the ordinary words that the spelling changes, and measure its time.

    python -m benchmarks.spelling --text FILE… [--terms FILE] [--lists 5]
    python -m benchmarks.spelling --heard FILE

Every text is corrected with lists of 500 terms: made-up names, or lines drawn from FILE, such as
the surnames of a census. None of the terms is meant, so every change is a false one. FILE of
`--heard` holds what `benchmarks.synthetic.spoken_names` made an engine hear.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from numpy.random import default_rng
from rich.console import Console
from rich.table import Table

from audio.merge.spelling.corrections import Corrected, correct_spelling
from audio.merge.spelling.known_words import known_words
from audio.merge.spelling.vocabulary import WORD, vocabulary_of
from audio.merge.values import Transcription
from benchmarks.synthetic.made_up_names import made_up_names

TERMS = 500
# An utterance, whose correction is timed.
WORDS = 200
REPETITIONS = 50


def main() -> int:
    """Print a table of what was asked for."""
    given = _arguments()
    console = Console(width=140)
    if given.heard:
        console.print(_heard_names(json.loads(given.heard.read_text())))
    for text in given.text:
        console.print(_false_changes(text, given.terms, given.lists))
    console.print(_times())
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text", type=Path, nargs="*", default=[])
    parser.add_argument("--terms", type=Path)
    parser.add_argument("--heard", type=Path)
    parser.add_argument("--lists", type=int, default=5)
    return parser.parse_args()


def _false_changes(path: Path, terms: Path | None, lists: int) -> Table:
    table = Table(
        "text", "list", "words", "false changes", "per 10,000 words", "examples", box=None
    )
    text = path.read_text(errors="replace")
    words = len(WORD.findall(text))
    for number in range(lists):
        corrected = _corrected(text, _terms(terms, number))
        count = len(corrected.corrections)
        examples = dict.fromkeys(f"{one.heard} → {one.term}" for one in corrected.corrections)
        table.add_row(
            path.name, str(number), str(words), str(count), f"{count / words * 1e4:.2f}",
            ", ".join(list(examples)[:4]),
        )  # fmt: skip
    return table


def _terms(path: Path | None, number: int) -> tuple[str, ...]:
    random = default_rng(number)
    if path is None:
        return tuple(made_up_names(random, TERMS))
    lines = path.read_text().split("\n")
    return tuple(str(lines[at]) for at in random.choice(len(lines), TERMS, replace=False))


def _corrected(text: str, terms: tuple[str, ...]) -> Corrected:
    return correct_spelling(Transcription(text, ()), vocabulary_of(terms), known_words("en"))


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
    terms = tuple(made_up_names(default_rng(0), TERMS))
    text = " ".join(_utterance(terms))
    is_known = known_words("en")
    is_known("word")
    table = Table("terms", "words", "step", "ms", box=None)
    steps = {
        "list of terms, once": lambda: vocabulary_of.__wrapped__(terms),
        "correction": lambda: correct_spelling(
            Transcription(text, ()), vocabulary_of(terms), is_known
        ),
    }
    for step, work in steps.items():
        table.add_row(str(TERMS), str(WORDS), step, f"{_fastest_ms(work):.2f}")
    return table


def _utterance(terms: tuple[str, ...]) -> Iterator[str]:
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


def _fastest_ms(work: object) -> float:
    times = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(time.perf_counter() - started)
    return min(times) * 1000


if __name__ == "__main__":
    sys.exit(main())
