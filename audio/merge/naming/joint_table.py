"""The joint table of speakers and names: how long each name is shown while each speaker talks.

Conventions
-----------
Times are in seconds. "Alone" means that exactly one speaker talks, or that exactly one name is
shown: only such time is unambiguous. Entries of one name that overlap count once, as do turns of
one speaker.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Indices, Times, progress, union

NO_GROUP = -1
SEVERAL = -2
Table = NDArray[np.float64]
Spans = tuple[Times, Times, Indices]


@dataclass(frozen=True, slots=True)
class Course:
    """Which group is alone at each time: ``owners[i]`` from ``knots[i]`` to ``knots[i + 1]``.

    ``knots`` are sorted seconds of shape ``(n,)``. ``owners``, of the same shape, are group
    numbers, `NO_GROUP` or `SEVERAL`; the last one is `NO_GROUP`. ``groups`` is how many groups
    there are.
    """

    knots: Times
    owners: Indices
    groups: int


def course(starts: Times, ends: Times, groups: Indices, count: int) -> Course:
    """Compute which group is alone at each time.

    Parameters
    ----------
    starts, ends, groups
        Shape ``(spans,)``, in seconds, in any order; each group from 0 to ``count - 1``.
    count
        The number of groups, including those without a span.

    Returns
    -------
    Course
        Without knots where no span has a length.

    Examples
    --------
    >>> speech = course(np.array([0.0, 3.0]), np.array([4.0, 9.0]), np.array([0, 1]), 2)
    >>> speech.knots.tolist(), speech.owners.tolist()
    ([0.0, 3.0, 4.0, 9.0], [0, -2, 1, -1])

    """
    lasting = ends > starts
    starts, ends, groups = union(starts[lasting], ends[lasting], groups[lasting])
    knots, at = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    steps = np.repeat((1, -1), len(starts))
    numbers = np.concatenate((groups, groups))
    # Where a single group is active, the sum of the active numbers is its number.
    active = np.cumsum(np.bincount(at, weights=steps, minlength=len(knots))).astype(np.intp)
    summed = np.cumsum(np.bincount(at, weights=steps * numbers, minlength=len(knots)))
    owners = np.where(active == 1, np.rint(summed).astype(np.intp), SEVERAL)
    return Course(knots, np.where(active == 0, NO_GROUP, owners), count)


def joint_table(speech: Course, shown: Course, offset_s: float = 0.0) -> Table:
    """Measure how long each name is shown alone while each speaker talks alone.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names.
    offset_s
        How late the names are, in seconds: they are moved earlier by that much.

    Returns
    -------
    NDArray
        Seconds, shape ``(speakers, names + 1)``; the last column is speech while no name is shown.

    Examples
    --------
    >>> speech = course(np.array([0.0]), np.array([5.0]), np.array([0]), 1)
    >>> shown = course(np.array([3.0]), np.array([6.0]), np.array([0]), 1)
    >>> joint_table(speech, shown, offset_s=1.0).tolist()
    [[3.0, 2.0]]

    """
    knots = np.union1d(speech.knots, shown.knots - offset_s)
    # The lookup uses the middles: an edge shifted by the offset and back may differ in rounding.
    middles = knots[:-1] / 2 + knots[1:] / 2
    speaker = owners_at(speech, middles)
    name = owners_at(shown, middles + offset_s)
    counting = (speaker >= 0) & (name != SEVERAL)
    table = np.zeros((speech.groups, shown.groups + 1))
    # NO_GROUP is -1, the index of the last column.
    np.add.at(table, (speaker[counting], name[counting]), np.diff(knots)[counting])
    return table


def owners_at(course: Course, times: Times) -> Indices:
    """Return which group is alone at each time, `NO_GROUP` outside the course."""
    owners = np.concatenate(([NO_GROUP], course.owners))
    return owners[np.searchsorted(course.knots, times, side="right")]


def part_of(course: Course, start: float, end: float) -> Course:
    """Return the course between two times, in seconds, with no group before and after.

    Examples
    --------
    >>> speech = course(np.array([0.0, 5.0]), np.array([4.0, 9.0]), np.array([0, 1]), 2)
    >>> part = part_of(speech, 2.0, 6.0)
    >>> part.knots.tolist(), part.owners.tolist()
    ([2.0, 4.0, 5.0, 6.0], [0, -1, 1, -1])

    """
    if not len(course.knots):
        return course
    start, end = max(start, float(course.knots[0])), min(end, float(course.knots[-1]))
    inside = course.knots[(course.knots > start) & (course.knots < end)]
    knots = np.concatenate(([start], inside, [end])) if start < end else np.empty(0)
    owners = owners_at(course, knots)
    owners[-1:] = NO_GROUP
    return Course(knots, owners, course.groups)


def overlap_table(speech: Spans, shown: Spans, shape: tuple[int, int]) -> Table:
    """Measure how long each name is shown while each speaker talks, alone or not.

    Parameters
    ----------
    speech, shown
        Starts, ends and groups of the speakers' turns and of the names' entries, in seconds.
    shape
        The numbers of speakers and of names.

    Returns
    -------
    NDArray
        Seconds, of the given shape.

    """
    starts, ends, speakers = union(*speech)
    on, off, names = union(*shown)
    table = np.zeros(shape)
    for speaker in range(shape[0]):
        own = speakers == speaker
        filled = progress(starts[own], ends[own])
        covered = np.interp(off, *filled) - np.interp(on, *filled)
        table[speaker] = np.bincount(names, weights=covered, minlength=shape[1])
    return table
