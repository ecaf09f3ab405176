"""The pieces of a recording that was paused while its timeline ran on.

Within a piece the offset is constant; from piece to piece it grows by the length of the pause.
Given how much a name says about each speaker, the best pieces are found exactly, by dynamic
programming over candidate offsets; that and the pieces are estimated in turn.

Conventions
-----------
Times and offsets are in seconds, an offset is positive where the timeline is late. Weights are in
nats, an observation is `OBSERVATION_S` long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.intervals import Indices, Times
from audio.merge.naming.clock.offset_search import (
    CHANGE_NATS,
    MOST_GROUPS,
    OBSERVATION_S,
    log_prior,
    measure_information,
    search_offsets,
)
from audio.merge.naming.joint_table import SEVERAL, Course, Table, joint_table, owners_at, part_of

# Source: the specification of timelines, as is the number of pauses that no export has.
SHORTEST_PIECE_S = 30.0
MOST_PAUSES = 3
# A shorter pause than this is found as well by one offset between the two.
SHORTEST_PAUSE_S = 1.5
SAMPLING_S = 0.5
# Longer recordings are sampled more coarsely, so that time and memory have a bound.
MOST_SAMPLES = 16_000
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
FINE_S, FINE_STEPS, TIE_NATS = 0.1, 6, 1e-6


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the recording: its start, and how late the timeline is from there on."""

    from_s: float
    offset_s: float


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Samples:
    """Who talks, and which name is shown, at equal steps; group numbers; the last one means none.

    Shapes ``(samples,)`` each; -1 is time of several.
    """

    speech: Course
    shown: Course
    step: float
    times: Times
    speakers: Indices
    first_shown: float
    names: Indices

    def names_at(self, offset: float) -> Indices:
        """Return the name at each sample of the recording, none outside the timeline."""
        return _numbered(self.shown, self.times + offset)

    @property
    def shape(self) -> tuple[int, int]:
        return self.speech.groups + 1, self.shown.groups + 1


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
    samples = _sampled(speech, shown)
    if _follows_throughout(samples, offset):
        return whole
    best, most = whole, _objective(samples, whole, is_zero_known=is_zero_known)
    for table in _seeds(samples, offset):
        pieces, nats = _improved(samples, table, is_zero_known=is_zero_known)
        if len(pieces) > 1 and nats > most and _have_two_names(speech, shown, pieces):
            best, most = pieces, nats
    if len(best) == 1:
        return whole
    return refine_offsets(speech, shown, best, is_zero_known=is_zero_known)


def _follows_throughout(samples: _Samples, offset: float) -> bool:
    """Return whether no stretch says that it has an offset of its own."""
    weights = _weights(_table(samples, (Piece(-np.inf, offset),)))
    gained = weights[samples.speakers, samples.names_at(offset)]
    sums = np.concatenate(([0.0], np.cumsum(gained)))
    size = min(round(_stretch_s(samples) / samples.step), len(gained))
    return bool(np.all(sums[size:] - sums[:-size] > 0))


def _seeds(samples: _Samples, offset: float) -> Iterator[Table]:
    """Yield tables to begin with: that of the whole at its offset, those of shares at theirs."""
    yield _table(samples, (Piece(-np.inf, offset),))
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
            yield _counted(samples, samples.speakers[at], samples.names_at(best)[at])


def _sampled(speech: Course, shown: Course) -> _Samples:
    spans = float(np.ptp(speech.knots)) + float(np.ptp(shown.knots))
    step = max(SAMPLING_S, spans / MOST_SAMPLES)
    speech, shown = _longest_groups(speech), _longest_groups(shown)
    times = np.arange(speech.knots[0] + step / 2, speech.knots[-1], step)
    first = float(shown.knots[0]) + step / 2
    return _Samples(
        speech,
        shown,
        step,
        times,
        _numbered(speech, times),
        first,
        _numbered(shown, np.arange(first, shown.knots[-1], step)),
    )


def _longest_groups(course: Course) -> Course:
    """Return the course of the groups that are alone for longest; others count as several."""
    if course.groups <= MOST_GROUPS:
        return course
    alone = course.owners[:-1]
    seconds = np.bincount(
        alone[alone >= 0], np.diff(course.knots)[alone >= 0], minlength=course.groups
    )
    number = np.full(course.groups + 2, SEVERAL)
    number[-1] = -1
    number[np.argsort(-seconds, kind="stable")[:MOST_GROUPS]] = np.arange(MOST_GROUPS)
    return Course(course.knots, number[course.owners], MOST_GROUPS)


def _numbered(course: Course, times: Times) -> Indices:
    """Return the group at each time; none is the last number, several are -1."""
    owners = owners_at(course, times)
    return np.where(owners == SEVERAL, -1, np.where(owners < 0, course.groups, owners))


def _table(samples: _Samples, pieces: Pieces) -> Table:
    """Return the seconds of each speaker, or silence, with each name, or none."""
    names = np.empty_like(samples.speakers)
    for piece, until in pieces_with_ends(pieces):
        at = slice(*np.searchsorted(samples.times, (piece.from_s, until)))
        names[at] = _numbered(samples.shown, samples.times[at] + piece.offset_s)
    return _counted(samples, samples.speakers, names)


def _counted(samples: _Samples, speakers: Indices, names: Indices) -> Table:
    counting = (speakers >= 0) & (names >= 0)
    rows, columns = samples.shape
    counts = np.bincount(speakers[counting] * columns + names[counting], minlength=rows * columns)
    table: Table = counts.reshape(rows, columns).astype(np.float64) * samples.step
    return table


def pieces_with_ends(pieces: Pieces) -> Iterator[tuple[Piece, float]]:
    """Return each piece with its end, in seconds of the recording."""
    ends = [piece.from_s for piece in pieces[1:]] + [np.inf]
    return zip(pieces, ends, strict=True)


def _objective(samples: _Samples, pieces: Pieces, *, is_zero_known: bool) -> float:
    nats = measure_information(_table(samples, pieces)) - CHANGE_NATS * (len(pieces) - 1)
    return nats + _prior(pieces, is_zero_known=is_zero_known)


def _prior(pieces: Pieces, *, is_zero_known: bool) -> float:
    return float(log_prior(np.array([pieces[0].offset_s]))[0]) if is_zero_known else 0.0


def _weights(table: Table) -> Table:
    """Return how much a name says about a speaker: nats for each observation, padded by zeros."""
    seen = table / OBSERVATION_S
    expected = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0) / max(float(seen.sum()), 1e-9)
    # The last row and column, whose index is -1, are time of several.
    return np.pad(np.log((seen + SMOOTHING) / (expected + SMOOTHING)), ((0, 1), (0, 1)))


def _improved(samples: _Samples, table: Table, *, is_zero_known: bool) -> tuple[Pieces, float]:
    """Estimate the pieces and the weights in turn, as long as they become better."""
    best: Pieces = ()
    most = -np.inf
    for _ in range(ROUNDS):
        weights = _weights(table)
        offsets = _candidates(samples, weights, best)
        pieces = _best_pieces(samples, weights, offsets, is_zero_known=is_zero_known)
        nats = _objective(samples, pieces, is_zero_known=is_zero_known)
        if pieces == best or nats <= most:
            break
        best, most, table = pieces, nats, _table(samples, pieces)
    return best, most


def _candidates(samples: _Samples, weights: Table, pieces: Pieces) -> Times:
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


def _stretch_s(samples: _Samples) -> float:
    return max(SHORTEST_PIECE_S, 2 * float(np.ptp(samples.times)) / MOST_STRETCHES)


def _peaks(samples: _Samples, weights: Table, size: int) -> Iterator[tuple[float, float]]:
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


def _best_pieces(
    samples: _Samples, weights: Table, offsets: Times, *, is_zero_known: bool
) -> Pieces:
    """Return the pieces with the most weight, less the cost of their changes.

    ``ahead[c, t]`` is the most weight up to sample t, where the offset is then the c-th.
    """
    gained = np.stack([weights[samples.speakers, samples.names_at(one)] for one in offsets])
    sums = np.cumsum(gained, axis=1) * (samples.step / OBSERVATION_S)
    shortest = round(SHORTEST_PIECE_S / samples.step)
    prior = log_prior(offsets) if is_zero_known else np.zeros(len(offsets))
    ahead = sums + prior[:, np.newaxis]
    ahead[:, : shortest - 1] = -np.inf
    history: list[tuple[Indices, Indices]] = []
    finals = [ahead[:, -1]]
    for _ in range(MOST_PAUSES):
        before, origin = _best_smaller(ahead)
        begun, at = _best_before(before - sums, shortest)
        ahead = sums + begun - CHANGE_NATS
        history.append((origin, at))
        finals.append(ahead[:, -1])
    changes, last = np.unravel_index(int(np.argmax(np.stack(finals))), (len(finals), len(offsets)))
    return _traced(samples, offsets, history[: int(changes)], int(last))


def _best_smaller(ahead: NDArray[np.float64]) -> tuple[NDArray[np.float64], Indices]:
    """Return the best of the smaller offsets at each time, and which one it is."""
    best = np.full_like(ahead, -np.inf)
    origin = np.zeros(ahead.shape, np.intp)
    for row in range(1, len(ahead)):
        better = ahead[row - 1] > best[row - 1]
        best[row] = np.where(better, ahead[row - 1], best[row - 1])
        origin[row] = np.where(better, row - 1, origin[row - 1])
    return best, origin


def _best_before(
    values: NDArray[np.float64], shortest: int
) -> tuple[NDArray[np.float64], Indices]:
    """Return the best value at least one shortest piece before each time, and its time."""
    best = np.maximum.accumulate(values, axis=1)
    fresh = np.ones(values.shape, np.bool_)
    fresh[:, 1:] = best[:, 1:] > best[:, :-1]
    at = np.maximum.accumulate(np.where(fresh, np.arange(values.shape[1]), 0), axis=1)
    begun = np.full_like(values, -np.inf)
    when = np.zeros(values.shape, np.intp)
    begun[:, shortest:], when[:, shortest:] = best[:, :-shortest], at[:, :-shortest]
    return begun, when


def _traced(
    samples: _Samples, offsets: Times, history: Sequence[tuple[Indices, Indices]], last: int
) -> Pieces:
    pieces: list[Piece] = []
    row, end = last, len(samples.times) - 1
    for origin, at in reversed(history):
        end = int(at[row, end])
        # The piece begins after the last sample of the one before.
        pieces.append(Piece(float(samples.times[end]) + samples.step / 2, float(offsets[row])))
        row = int(origin[row, end])
    pieces.append(Piece(-np.inf, float(offsets[row])))
    return tuple(reversed(pieces))


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


def _have_two_names(speech: Course, shown: Course, pieces: Pieces) -> bool:
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
