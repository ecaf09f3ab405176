"""Text → pieces that the speech model says in one breath, without losing anything."""

import re
from collections.abc import Iterator

from hibari import Hibari

# A sentence up to this many characters is said whole; it makes about as many phonemes. The
# model takes 510, but hurries from about 400 on, and its memory grows with them.
LONGEST_PIECE = 200
LONGEST_PHONEMES = 250
# Where a long sentence may be cut, best first: after a clause, between words.
_CLAUSE = re.compile(r"(?<=[,;:—)\]])\s+")
_SPACE = re.compile(r"\s+")


def sentences(text: str) -> list[str]:
    """Split a text into sentences, and those that are too long into clauses or words."""
    found = Hibari.split_sentences(text)
    return [piece for sentence in found for piece in pieces(sentence, LONGEST_PIECE)]


def pieces(text: str, longest: int) -> list[str]:
    """Cut at clauses, else between words, else anywhere: no piece is longer than `longest`."""
    packed: list[str] = []
    for clause in _fitting(text, longest):
        if packed and len(packed[-1]) + 1 + len(clause) <= longest:
            packed[-1] += " " + clause
        else:
            packed.append(clause)
    return packed


def _fitting(text: str, longest: int) -> Iterator[str]:
    if len(text) <= longest:
        yield text
        return
    for clause in filter(None, _CLAUSE.split(text)):
        if len(clause) <= longest:
            yield clause
            continue
        for word in filter(None, _SPACE.split(clause)):
            yield from (word[at : at + longest] for at in range(0, len(word), longest))
