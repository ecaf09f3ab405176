"""How long each name is lit while each speaker talks, alone: the joint table of the two.

Conventions
-----------
Times in seconds. "Alone" means that exactly one speaker talks, or exactly one name is lit: only
such time says plainly who is who. Hints of one name that overlap count once, as do turns of one
speaker.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import Indices, Times, progress, union

NOBODY = -1
SEVERAL = -2
Table = NDArray[np.float64]
Spans = tuple[Times, Times, Indices]


@dataclass(frozen=True, slots=True)
class Course:
    """Who is alone from when on: ``owners[i]`` from ``knots[i]`` to ``knots[i + 1]``.

    ``knots`` are sorted seconds of shape ``(n,)``, ``owners`` group numbers of the same shape,
    `NOBODY` or `SEVERAL`; the last one is `NOBODY`. ``groups`` is how many there are.
    """

    knots: Times
    owners: Indices
    groups: int


def course(starts: Times, ends: Times, groups: Indices, count: int) -> Course:
    """Tell who is alone when.

    Parameters
    ----------
    starts, ends, groups
        Shape ``(spans,)``, in seconds, in any order; each group from 0 to ``count - 1``.
    count
        How many groups there are, also those without a span.

    Returns
    -------
    Course
        Without knots for no spans that last.

    Examples
    --------
    >>> talk = course(np.array([0.0, 3.0]), np.array([4.0, 9.0]), np.array([0, 1]), 2)
    >>> talk.knots.tolist(), talk.owners.tolist()
    ([0.0, 3.0, 4.0, 9.0], [0, -2, 1, -1])

    """
    lasting = ends > starts
    starts, ends, groups = union(starts[lasting], ends[lasting], groups[lasting])
    knots, at = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    steps = np.repeat((1, -1), len(starts))
    places = np.concatenate((groups, groups))
    # Where one group is active the sum of the active numbers is its number: both run along.
    active = np.cumsum(np.bincount(at, weights=steps, minlength=len(knots))).astype(np.intp)
    summed = np.cumsum(np.bincount(at, weights=steps * places, minlength=len(knots)))
    owners = np.where(active == 1, np.rint(summed).astype(np.intp), SEVERAL)
    return Course(knots, np.where(active == 0, NOBODY, owners), count)


def joint_table(talk: Course, lit: Course, offset_s: float = 0.0) -> Table:
    """Tell how long each name is alone while each speaker is.

    Parameters
    ----------
    talk, lit
        The speakers' course and the names'.
    offset_s
        How late the names are, in seconds: they are moved earlier by that much.

    Returns
    -------
    NDArray
        Seconds, shape ``(speakers, names + 1)``; the last column is speech while nobody is lit.

    Examples
    --------
    >>> talk = course(np.array([0.0]), np.array([5.0]), np.array([0]), 1)
    >>> lit = course(np.array([3.0]), np.array([6.0]), np.array([0]), 1)
    >>> joint_table(talk, lit, offset_s=1.0).tolist()
    [[3.0, 2.0]]

    """
    knots = np.union1d(talk.knots, lit.knots - offset_s)
    # Looked up in the middle: an edge moved there and back again may miss itself.
    middles = knots[:-1] / 2 + knots[1:] / 2
    speaker = _owners_at(talk, middles)
    name = _owners_at(lit, middles + offset_s)
    counting = (speaker >= 0) & (name != SEVERAL)
    table = np.zeros((talk.groups, lit.groups + 1))
    # Nobody is the last column, as -1 is the last index.
    np.add.at(table, (speaker[counting], name[counting]), np.diff(knots)[counting])
    return table


def _owners_at(who: Course, times: Times) -> Indices:
    owners = np.concatenate(([NOBODY], who.owners))
    return owners[np.searchsorted(who.knots, times, side="right")]


def overlap_table(talk: Spans, lit: Spans, shape: tuple[int, int], offset_s: float = 0.0) -> Table:
    """Tell how long each name is lit while each speaker talks, alone or not.

    Parameters
    ----------
    talk, lit
        Starts, ends and groups of the speakers' turns and the names' hints, in seconds.
    shape
        How many speakers and names there are.
    offset_s
        How late the names are, in seconds.

    Returns
    -------
    NDArray
        Seconds, of that shape.

    """
    starts, ends, speakers = union(*talk)
    on, off, names = union(*lit)
    table = np.zeros(shape)
    for speaker in range(shape[0]):
        own = speakers == speaker
        speech = progress(starts[own], ends[own])
        covered = np.interp(off - offset_s, *speech) - np.interp(on - offset_s, *speech)
        table[speaker] = np.bincount(names, weights=covered, minlength=shape[1])
    return table
