"""Measure how often a stranger gets the name of a person of the library.

    python -m spark_control.laptop --data var/strangers -- \
        python -m benchmarks.strangers [--voices FILE]

The voices are those of `benchmarks.synthetic.measured_voices`: two embeddings of each person by
the engine. Libraries of each size are drawn at random; their threshold is the one that the library
sets for itself. Each person outside is a stranger, each person inside is known by the other
embedding.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from audio.merge.naming.voices.open_set_identification import OPEN_SET_RULE, OpenSetRule, identify
from audio.merge.values import Voices
from benchmarks import with_library  # noqa: F401 — before the models
from benchmarks.synthetic.measured_voices import STORED, MeasuredVoices, read_voices
from voiceprints.matching.space_thresholds import automatic_threshold

SIZES = (5, 7, 10, 15, 20, 23)
LIBRARIES = 200


def main() -> int:
    """Print the shares of strangers who are named, and of known people who are not, by size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--voices", type=Path, metavar="FILE", default=STORED)
    voices = read_voices(parser.parse_args().voices)
    print(f"{len(voices.first)} people, {LIBRARIES} libraries of each size")
    print("| people | threshold | strangers | named | known | unnamed | another's name |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in SIZES:
        if size < len(voices.first):
            print(_row(voices, size), flush=True)
    return 0


def _row(voices: MeasuredVoices, size: int) -> str:
    random = np.random.default_rng(size)
    thresholds, strangers, known = [], list[str | None](), list[tuple[str, str | None]]()
    for _ in range(LIBRARIES):
        order = random.permutation(len(voices.first)).tolist()
        library = Voices(tuple(map(str, order[:size])), voices.first[order[:size]])
        threshold = _threshold(library)
        thresholds.append(threshold)
        rule = OpenSetRule(threshold, OPEN_SET_RULE.margin)
        strangers += [identify(voices.second[at], library, rule=rule).name for at in order[size:]]
        known += [
            (str(at), identify(voices.second[at], library, rule=rule).name) for at in order[:size]
        ]
    return (
        f"| {size} | {np.mean(thresholds):.2f} | {len(strangers)} "
        f"| {_percent([name is not None for name in strangers])} | {len(known)} "
        f"| {_percent([name is None for _, name in known])} "
        f"| {_percent([name not in (None, own) for own, name in known])} |"
    )


def _threshold(library: Voices) -> float:
    cosines = library.vectors @ library.vectors.T
    np.fill_diagonal(cosines, -1.0)
    people = len(library.names)
    nearest = cosines.max(axis=1).tolist()
    return automatic_threshold(nearest, people=people, voiceprints=people).value


def _percent(those: Sequence[bool]) -> str:
    return f"{100 * np.mean(those):.1f} %"


if __name__ == "__main__":
    sys.exit(main())
