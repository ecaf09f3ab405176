"""The pieces of a recording, each with its own offset of the timeline.

Conventions
-----------
Times and offsets are in seconds, an offset is positive where the timeline is late.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audio.merge.naming.clock.offset_search import log_prior, measure_information
from audio.merge.naming.joint_table import Course, joint_table, part_of

FINE_S, FINE_STEPS, TIE_NATS = 0.1, 6, 1e-6


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the recording: its start, and how late the timeline is from there on."""

    from_s: float
    offset_s: float


Pieces = tuple[Piece, ...]


def pieces_with_ends(pieces: Pieces) -> Iterator[tuple[Piece, float]]:
    """Return each piece with its end, in seconds of the recording."""
    ends = [piece.from_s for piece in pieces[1:]] + [np.inf]
    return zip(pieces, ends, strict=True)


def refine_offsets(
    speech: Course, shown: Course, pieces: Pieces, *, is_zero_known: bool = False
) -> Pieces:
    """Measure each piece's offset exactly: the one with the most information within 0.6 s.

    Of equally good offsets the one nearest to the given one is taken.
    """
    parts = [part_of(speech, piece.from_s, until) for piece, until in pieces_with_ends(pieces)]
    tables = [
        joint_table(part, shown, one.offset_s) for part, one in zip(parts, pieces, strict=True)
    ]
    offsets = [piece.offset_s for piece in pieces]
    for at, part in enumerate(parts):
        others = sum((table for i, table in enumerate(tables) if i != at), np.zeros(()))
        near = np.round(round(offsets[at], 1) + FINE_S * np.arange(-FINE_STEPS, FINE_STEPS + 1), 1)
        prior = -TIE_NATS * np.abs(near - offsets[at])
        if is_zero_known and at == 0:
            prior += log_prior(near)
        found = [joint_table(part, shown, offset) for offset in near.tolist()]
        nats = [measure_information(others + table) for table in found]
        best = int(np.argmax(np.array(nats) + prior))
        offsets[at], tables[at] = float(near[best]), found[best]
    return tuple(Piece(one.from_s, offset) for one, offset in zip(pieces, offsets, strict=True))


def have_two_names(speech: Course, shown: Course, pieces: Pieces) -> bool:
    """Return whether each piece has two names that are shown alone while one speaker talks."""
    return all(
        np.count_nonzero(
            joint_table(part_of(speech, one.from_s, until), shown, one.offset_s)[:, :-1].any(
                axis=0
            )
        )
        >= 2
        for one, until in pieces_with_ends(pieces)
    )
