"""The pieces of a recording that was paused while its timeline ran on.

Within a piece the offset is constant; from piece to piece it grows by the length of the pause.
Given how much a name says about each speaker, the best pieces are found exactly, by dynamic
programming over candidate offsets; that and the pieces are estimated in turn.

Conventions
-----------
Times and offsets are in seconds, an offset is positive where the timeline is late. Weights are in
nats, an observation is `OBSERVATION_S` long.
"""

from collections.abc import Iterator

import numpy as np
import scipy

from audio.merge.intervals import Times
from audio.merge.naming.clock.course_samples import CourseSamples, count_alone, sample, tabulate
from audio.merge.naming.clock.offset_search import (
    CHANGE_NATS,
    OBSERVATION_S,
    log_prior,
    measure_information,
    search_offsets,
)
from audio.merge.naming.clock.piece_search import SHORTEST_PIECE_S, best_pieces
from audio.merge.naming.clock.pieces import Piece, Pieces, have_two_names, refine_offsets
from audio.merge.naming.joint_table import Course, Table, part_of

# A shorter pause than this is found as well by one offset between the two.
SHORTEST_PAUSE_S = 1.5
# Stretches whose own offset is looked for, half of each in the next one.
MOST_STRETCHES = 40
STRETCHES, PEAKS = (1, 2, 4), 2
MOST_CANDIDATES = 32
ROUNDS = 4
# Cells of the table are smoothed by half an observation.
SMOOTHING = 0.5
# In recordings under this length the best offset of the whole may be that of no piece: each of
# these shares of it has an own search.
SHORT_S, SHARES = 1500.0, 4


def find_pieces(
    speech: Course, shown: Course, offset: float, *, is_zero_known: bool = True
) -> Pieces:
    """Find the pieces of a recording that may have been paused.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names.
    offset
        The best offset of the recording as a whole.
    is_zero_known
        Whether the timeline's zero is the recording's start.

    Returns
    -------
    tuple of Piece
        One with the given offset, from minus infinity on, unless several say 8 nats more for each
        change. Later ones have a larger offset, and are at least 30 s long, with two names.

    """
    whole: Pieces = (Piece(-np.inf, offset),)
    if len(speech.knots) < 2 or float(np.ptp(speech.knots)) < 2 * SHORTEST_PIECE_S:
        return whole
    samples = sample(speech, shown)
    if _follows_throughout(samples, offset):
        return whole
    best, most = whole, _objective(samples, whole, is_zero_known=is_zero_known)
    for table in _seeds(samples, offset):
        pieces, nats = _improved(samples, table, is_zero_known=is_zero_known)
        if len(pieces) > 1 and nats > most and have_two_names(speech, shown, pieces):
            best, most = pieces, nats
    if len(best) == 1:
        return whole
    return refine_offsets(speech, shown, best, is_zero_known=is_zero_known)


def _follows_throughout(samples: CourseSamples, offset: float) -> bool:
    """Return whether no stretch says that it has an offset of its own."""
    weights = _weights(tabulate(samples, (Piece(-np.inf, offset),)))
    gained = weights[samples.speakers, samples.names_at(offset)]
    sums = np.concatenate(([0.0], np.cumsum(gained)))
    size = min(round(_stretch_s(samples) / samples.step), len(gained))
    return bool(np.all(sums[size:] - sums[:-size] > 0))


def _seeds(samples: CourseSamples, offset: float) -> Iterator[Table]:
    """Yield tables to begin with: that of the whole at its offset, those of shares at theirs."""
    yield tabulate(samples, (Piece(-np.inf, offset),))
    if float(np.ptp(samples.times)) >= SHORT_S:
        return
    edges = np.linspace(samples.times[0], samples.times[-1], 2 * SHARES + 1)
    tried: list[float] = []
    for start, end in zip(edges[:-2].tolist(), edges[2:].tolist(), strict=True):
        part = part_of(samples.speech, start, end)
        searched = search_offsets(part, samples.shown, samples.step)
        if not len(searched.offsets):
            continue
        best = float(searched.offsets[int(np.argmax(searched.information))])
        if all(abs(best - one) > SHORTEST_PAUSE_S for one in tried):
            tried.append(best)
            at = slice(*np.searchsorted(samples.times, (start, end)))
            yield count_alone(samples, samples.speakers[at], samples.names_at(best)[at])


def _objective(samples: CourseSamples, pieces: Pieces, *, is_zero_known: bool) -> float:
    nats = measure_information(tabulate(samples, pieces)) - CHANGE_NATS * (len(pieces) - 1)
    return nats + _prior(pieces, is_zero_known=is_zero_known)


def _prior(pieces: Pieces, *, is_zero_known: bool) -> float:
    return float(log_prior(np.array([pieces[0].offset_s]))[0]) if is_zero_known else 0.0


def _weights(table: Table) -> Table:
    """Return how much a name says about a speaker: nats for each observation, padded by zeros."""
    seen = table / OBSERVATION_S
    expected = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0) / max(float(seen.sum()), 1e-9)
    # The last row and column, whose index is -1, are time of several.
    return np.pad(np.log((seen + SMOOTHING) / (expected + SMOOTHING)), ((0, 1), (0, 1)))


def _improved(
    samples: CourseSamples, table: Table, *, is_zero_known: bool
) -> tuple[Pieces, float]:
    """Estimate the pieces and the weights in turn, as long as they become better."""
    best: Pieces = ()
    most = -np.inf
    for _ in range(ROUNDS):
        weights = _weights(table)
        offsets = _candidates(samples, weights, best)
        pieces = best_pieces(samples, weights, offsets, is_zero_known=is_zero_known)
        nats = _objective(samples, pieces, is_zero_known=is_zero_known)
        if pieces == best or nats <= most:
            break
        best, most, table = pieces, nats, tabulate(samples, pieces)
    return best, most


def _candidates(samples: CourseSamples, weights: Table, pieces: Pieces) -> Times:
    """Return the offsets that are best for some stretch, in ascending order."""
    length = float(np.ptp(samples.times))
    shortest = _stretch_s(samples)
    peaks: list[tuple[float, float]] = []
    for times in STRETCHES:
        if times == 1 or times * shortest <= length / 2:
            peaks += _peaks(samples, weights, round(times * shortest / samples.step))
    chosen = [piece.offset_s for piece in pieces]
    for _, offset in sorted(peaks, reverse=True):
        if len(chosen) >= MOST_CANDIDATES:
            break
        if all(abs(offset - known) > SHORTEST_PAUSE_S for known in chosen):
            chosen.append(offset)
    return np.sort(np.array(chosen))


def _stretch_s(samples: CourseSamples) -> float:
    return max(SHORTEST_PIECE_S, 2 * float(np.ptp(samples.times)) / MOST_STRETCHES)


def _peaks(samples: CourseSamples, weights: Table, size: int) -> Iterator[tuple[float, float]]:
    """Yield the weight and the offset of the highest peaks of each stretch of samples."""
    shown = weights[:, samples.names] if len(samples.names) else np.zeros((len(weights), 1))
    whole = scipy.fft.next_fast_len(shown.shape[1] + size, real=True)
    transformed = scipy.fft.rfft(shown.astype(np.float32), whole)
    lags = np.arange(whole)
    lags = np.where(lags < shown.shape[1], lags, lags - whole)
    near = int(SHORTEST_PAUSE_S / samples.step)
    rows = np.arange(len(weights))[:, np.newaxis]
    for begin in range(0, max(1, len(samples.times) - size // 2), max(1, size // 2)):
        spoken = (samples.speakers[begin : begin + size] == rows).astype(np.float32)
        product = np.einsum("ij,ij->j", np.conj(scipy.fft.rfft(spoken, whole)), transformed)
        score = scipy.fft.irfft(product, whole)
        first = samples.first_shown - samples.times[begin]
        for _ in range(PEAKS):
            at = int(np.argmax(score))
            yield float(score[at]), float(first + lags[at] * samples.step)
            score[max(0, at - near) : at + near + 1] = -np.inf
