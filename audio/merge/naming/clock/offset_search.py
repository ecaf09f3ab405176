"""The search for the offset of a timeline: how well it follows the speakers at every offset.

Conventions
-----------
Times and offsets are in seconds; an offset is positive where the timeline is late. The measure is
the mutual information, in nats, between who talks alone, or silence, and which name is shown
alone, or none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S, Indices, Times
from audio.merge.naming.joint_table import NO_GROUP, Course, Table, owners_at

# The mean turn of the clinic meeting (benchmarks/clinic) is 2.73 s; a tile is right or wrong for a
# whole turn, so one second is not ten observations of 0.1 s.
OBSERVATION_S = 2.7
# The courses are sampled at this step; the best offsets are measured exactly afterwards.
SAMPLING_S = 0.25
# Longer spans are sampled more coarsely, so that memory and time have a bound: an hour at 0.36 s.
MOST_SAMPLES = 20_000
# The people who talk or are shown longest decide the offset: the correlations of all pairs of 40
# speakers and 40 names would take a second.
MOST_GROUPS = 10
LEAST_COMMON_S = 20.0
FAR_S = 86_400.0
# Meeting clients show speakers 0.3 to 1.5 s late.
EXPECTED_OFFSET_S = 0.5
OFFSET_SPREAD_S = 1.0
# A change of the offset, after a pause, must say this much more. Source: the specification of
# timelines.
CHANGE_NATS = 8.0


@dataclass(frozen=True, slots=True)
class Searched:
    """The offsets that were tried, ``step`` s apart, and the information at each, in nats."""

    offsets: Times
    information: NDArray[np.float64]
    step: float = SAMPLING_S


@dataclass(frozen=True, slots=True)
class Turned:
    """The agreement of a timeline that goes round in a circle, in nats, ``step`` s apart.

    Each turn of the circle is a timeline like the given one that does not belong to the recording,
    as is each turn of the timeline that runs backwards.
    """

    forwards: NDArray[np.float64]
    backwards: NDArray[np.float64]
    step: float


def search_offsets(speech: Course, shown: Course, sampling_s: float = SAMPLING_S) -> Searched:
    """Measure the information between speakers and names at every offset.

    Every offset counts at which recording and timeline have 20 s in common, or half of the
    shorter one.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names.
    sampling_s
        The step between offsets; larger in long recordings.

    Returns
    -------
    Searched
        In ascending order; empty where either course has no time.

    """
    if len(speech.knots) < 2 or len(shown.knots) < 2:
        return Searched(np.empty(0), np.empty(0))
    shown = _near(speech, shown)
    spans = [float(np.ptp(course.knots)) for course in (speech, shown)]
    step = max(sampling_s, sum(spans) / MOST_SAMPLES)
    rows, columns = _sampled(speech, step), _sampled(shown, step)
    size = scipy.fft.next_fast_len(rows.shape[1] + columns.shape[1], real=True)
    information = _information(rows, columns, size) * step / OBSERVATION_S
    lags = np.arange(size)
    lags = np.where(lags < columns.shape[1], lags, lags - size)
    offsets = lags * step + shown.knots[0] - speech.knots[0]
    order = np.argsort(lags)
    tried = order[_are_common(offsets[order], speech, shown)]
    return Searched(offsets[tried], information[tried], step)


def turned_agreement(
    speech: Course, shown: Course, offset: float = 0.0, *, main: float = 1.0
) -> Turned:
    """Measure the agreement of a timeline that goes round in a circle as long as the recording.

    Agreement is the information, and the time of each speaker with the speaker's main name and of
    each name with its main speaker, on average, in observations.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names.
    offset
        Where the circle is not turned, in seconds.
    main
        How much the time with main names and speakers counts; 0 leaves the information.

    Returns
    -------
    Turned
        Empty where either course has no time.

    """
    if len(speech.knots) < 2 or len(shown.knots) < 2:
        return Turned(np.empty(0), np.empty(0), SAMPLING_S)
    length = float(np.ptp(speech.knots))
    step = max(SAMPLING_S, 2 * length / MOST_SAMPLES)
    rows = _sampled(speech, step)
    start = float(speech.knots[0]) + offset
    columns = _sampled(shown, step, start, start + length)[:, : rows.shape[1]]
    forwards, backwards = (
        _agreement(rows, course, main) * step / OBSERVATION_S
        for course in (columns, columns[:, ::-1])
    )
    return Turned(forwards, backwards, step)


def log_prior(offsets: Times) -> NDArray[np.float64]:
    """Return the log of the prior of each offset, up to a constant: that of Cauchy's curve."""
    prior: NDArray[np.float64] = -np.log1p(((offsets - EXPECTED_OFFSET_S) / OFFSET_SPREAD_S) ** 2)
    return prior


def measure_information(table: Table) -> float:
    """Measure how much a joint table says about which speaker has which name.

    Parameters
    ----------
    table
        Seconds, shape ``(speakers, names)``.

    Returns
    -------
    float
        Mutual information times the number of observations, in nats; 0 for an empty table.

    Examples
    --------
    >>> round(measure_information(np.array([[27.0, 0.0], [0.0, 27.0]])), 3)
    13.863

    """
    filled = table > NOISE_S
    if not filled.any():
        return 0.0
    expected = table.sum(axis=1, keepdims=True) / table.sum() * table.sum(axis=0)
    return float(table[filled] @ np.log(table[filled] / expected[filled])) / OBSERVATION_S


def _sampled(
    course: Course, step: float, start: float | None = None, end: float | None = None
) -> NDArray[np.float32]:
    """Return the samples of each of the longest groups, and of silence or no name, as 0 or 1.

    Shape ``(groups + 1, samples)``. Time of several groups, or of another one, is 0 in each.
    """
    first = course.knots[0] if start is None else start
    times = np.arange(first + step / 2, course.knots[-1] if end is None else end, step)
    owners = owners_at(course, times)
    seconds = np.bincount(owners[owners >= 0], minlength=course.groups)
    longest = np.argsort(-seconds, kind="stable")[:MOST_GROUPS]
    wanted = np.append(longest[seconds[longest] > 0], NO_GROUP)
    sampled: NDArray[np.float32] = (owners == wanted[:, np.newaxis]).astype(np.float32)
    return sampled


def _information(
    rows: NDArray[np.float32], columns: NDArray[np.float32], size: int
) -> NDArray[np.float64]:
    """Return the mutual information at every lag, in samples times nats, shape ``(size,)``."""
    by_column = np.zeros((len(columns), size))
    total = np.zeros(size)
    for counts in _counts(rows, columns, size):
        total += _information_of(counts)
        by_column += counts
    return total - _information_of(by_column)


def _information_of(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = counts.sum(axis=0)
    part: NDArray[np.float64] = scipy.special.xlogy(counts, counts).sum(
        axis=0
    ) - scipy.special.xlogy(whole, whole)
    return part


def _agreement(
    rows: NDArray[np.float32], columns: NDArray[np.float32], weight: float
) -> NDArray[np.float64]:
    """Return information plus main time at every lag of a circle, in samples."""
    size = rows.shape[1]
    by_column, main = np.zeros((2, len(columns), size))
    total = np.zeros(size)
    for row, counts in enumerate(_counts(rows, columns, size)):
        total += _information_of(counts)
        by_column += counts
        if row < len(rows) - 1:
            total += counts[:-1].max(axis=0, initial=0.0) * weight / 2
            main = np.maximum(main, counts)
    agreed: NDArray[np.float64] = (
        total - _information_of(by_column) + main[:-1].sum(axis=0) * weight / 2
    )
    return agreed


def _counts(
    rows: NDArray[np.float32], columns: NDArray[np.float32], size: int
) -> Iterator[NDArray[np.float64]]:
    """Yield, for each row, how many samples each column has in common with it at every lag."""
    shown = scipy.fft.rfft(columns, size)
    for row in rows:
        spoken = np.conj(scipy.fft.rfft(row, size))
        # Counts are whole numbers; rounding removes the noise of the transform.
        yield np.rint(np.maximum(scipy.fft.irfft(spoken * shown, size), 0.0)).astype(np.float64)


def _near(speech: Course, shown: Course) -> Course:
    """Return the part of a very long timeline that is within hours of the recording.

    One entry far from all others would make the sampling too coarse for them.
    """
    if float(np.ptp(shown.knots)) < FAR_S:
        return shown
    first = int(np.searchsorted(shown.knots, speech.knots[0] - FAR_S / 2))
    last = int(np.searchsorted(shown.knots, speech.knots[-1] + FAR_S / 2))
    if last - first < 2:
        return shown
    owners = shown.owners[first:last].copy()
    owners[-1] = NO_GROUP
    return Course(shown.knots[first:last], owners, shown.groups)


def _are_common(offsets: Times, speech: Course, shown: Course) -> Indices:
    first = np.maximum(speech.knots[0], shown.knots[0] - offsets)
    last = np.minimum(speech.knots[-1], shown.knots[-1] - offsets)
    shorter = min(float(np.ptp(course.knots)) for course in (speech, shown))
    least = min(LEAST_COMMON_S, shorter / 2)
    common: Indices = np.flatnonzero(last - first >= least - SAMPLING_S)
    return common
