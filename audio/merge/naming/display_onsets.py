"""Which names come on as a speaker begins to talk.

The tile of a person comes on, after a while, when the person begins to talk. Where a person is
never shown, another's tile stays lit through that person's talk, or was lit just before: the time
agrees, but no turn begins with it.

Conventions
-----------
Times are in seconds of the recording; tables have the shape ``(speakers, names)``. Weights of
evidence are log likelihood ratios in nats.
"""

import numpy as np
import scipy
from numpy.typing import NDArray

from audio.merge.intervals import Indices, Times, progress, union
from audio.merge.naming.joint_table import Spans, Table

# Talk of one speaker with less than a second between is one turn, as lit runs are.
HELD_S = 1.0
# Shorter turns end before a display changes: it takes 0.3 to 1.5 s.
LEAST_TURN_S = 1.5
# A name that is lit this long before a turn was lit for another one. The offset of the clock is
# that of most entries: single ones come on as much as this earlier.
BEFORE_S = 0.6
# A name that comes on is lit for half of the first two seconds, or of the whole turn.
COMES_ON_S = 2.0
# Both rates are smoothed by one turn more.
OWN_RATE, OTHER_RATE = 0.8, 0.1
MOST_RATE, LEAST_RATE = 0.95, 0.02


def weigh_onsets(speech: Spans, shown: Spans, shape: tuple[int, int]) -> Table:
    """Weigh for each name whether it comes on as often as it does for its own speaker.

    Only turns count during which some name is lit, and only for names that are off when the turn
    begins. The rates at which names come on for their own speaker and for others are those of the
    whole timeline.

    Parameters
    ----------
    speech, shown
        Starts, ends and groups of the speakers' turns and of the names' entries.
    shape
        The numbers of speakers and of names.

    Returns
    -------
    NDArray
        Nats, negative where a speaker's turns begin without the name; 0 without such a turn.

    Examples
    --------
    >>> turns = np.array([0.0, 10.0, 20.0, 30.0])
    >>> speech = turns, turns + 8.0, np.array([0, 1, 0, 1])
    >>> shown = np.array([0.0, 20.0]), np.array([19.0, 39.0]), np.array([0, 0])
    >>> weigh_onsets(speech, shown, (2, 1)).round(1).tolist()
    [[4.5], [0.0]]

    """
    starts, ends, speakers = _turns(speech)
    on, off, names = union(*shown)
    lit = _seconds(on, off, names * 0, starts, ends)
    is_shown = lit >= np.minimum(ends - starts, COMES_ON_S) / 2
    starts, ends, speakers = starts[is_shown], ends[is_shown], speakers[is_shown]
    tried, came = np.zeros((2, *shape))
    for name in range(shape[1]):
        own = names == name
        is_off = ~_is_lit(on[own], off[own], starts - BEFORE_S)
        lit = _seconds(on[own], off[own], names[own], starts, ends)
        comes = is_off & (lit > np.minimum(ends - starts, COMES_ON_S) / 2)
        tried[:, name] = np.bincount(speakers[is_off], minlength=shape[0])
        came[:, name] = np.bincount(speakers[comes], minlength=shape[0])
    return _weigh(tried, came)


def _turns(speech: Spans) -> Spans:
    starts, ends, speakers = speech
    starts, ends, speakers = union(starts, ends + HELD_S, speakers)
    lasting = ends - HELD_S - starts >= LEAST_TURN_S
    return starts[lasting], ends[lasting] - HELD_S, speakers[lasting]


def _is_lit(on: Times, off: Times, at: Times) -> NDArray[np.bool_]:
    lit: NDArray[np.bool_] = np.searchsorted(np.sort(on), at, "right") > np.searchsorted(
        np.sort(off), at, "right"
    )
    return lit


def _seconds(on: Times, off: Times, names: Indices, starts: Times, ends: Times) -> Times:
    """Return for how long any of the spans is lit from each start to its end."""
    on, off, _ = union(on, off, names * 0)
    filled = progress(on, off)
    return np.asarray(np.interp(ends, *filled) - np.interp(starts, *filled), dtype=np.float64)


def _weigh(tried: Table, came: Table) -> Table:
    columns = np.arange(tried.shape[1])
    own = np.argmax(came / np.sqrt(np.maximum(tried, 1)), axis=0) if len(tried) else columns[:0]
    came_own, tried_own = float(came[own, columns].sum()), float(tried[own, columns].sum())
    came_other, tried_other = float(came.sum()) - came_own, float(tried.sum()) - tried_own
    own_rate = min(MOST_RATE, (came_own + OWN_RATE) / (tried_own + 1))
    rate = min(own_rate, max(LEAST_RATE, (came_other + OTHER_RATE) / (tried_other + 1)))
    nats = scipy.special.xlogy(came, own_rate / rate) + scipy.special.xlogy(
        tried - came, (1 - own_rate) / (1 - rate)
    )
    return np.asarray(nats, dtype=np.float64)
