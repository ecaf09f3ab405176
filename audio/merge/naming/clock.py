"""The delay of a visual timeline, and the probability that it follows the speakers by chance.

Conventions
-----------
Offsets are in seconds; positive is late. The measure is the mutual information, in nats, between
the speaker who talks alone and the name that is shown alone, or no name.

One second in which one person talks under one name is not ten observations of 0.1 s: a tile is
right or wrong for a whole turn. So the table's seconds count as ``seconds / OBSERVATION_S`` draws.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from audio.merge.intervals import NOISE_S
from audio.merge.naming.joint_table import Course, Table, joint_table

# The mean turn of the clinic meeting (benchmarks/clinic) is 2.73 s. With it, names assigned at
# random have a chance under 0.1 in 9 to 13 % of simulated recordings of a minute: about one in
# ten, as expected.
OBSERVATION_S = 2.7
LARGEST_OFFSET_S = 3.0
STEP_S = 0.1
# Meeting clients show speakers 0.3 to 1.5 s late. Among 0, 0.5 and 1 s, and spreads from 0.5 to
# 100 s, these name most in the simulator's recordings of a minute; without the prior (100 s), half
# of the entries missing costs 0.4 points more wrong time. Longer recordings outweigh the prior.
EXPECTED_OFFSET_S = 0.5
OFFSET_SPREAD_S = 1.0
NOISE_NATS = 1e-9


@dataclass(frozen=True, slots=True)
class Clock:
    """How late the timeline is, and how probable an agreement as good is by chance.

    With one speaker or one name, ``chance`` cannot be measured: None.
    """

    offset_s: float
    chance: float | None


def estimate_clock(speech: Course, shown: Course) -> Clock:
    """Estimate how late the names are, and whether they follow the speakers better than by chance.

    The offset, in steps of 0.1 s within 3 s either way, is the most probable one: the information
    between speakers and names times the number of observations, plus the log of a normal prior.
    The less speech there is, the more the prior decides. Ties go to the offset nearest to the
    prior.

    Parameters
    ----------
    speech, shown
        The course of the speakers and that of the names.

    Returns
    -------
    Clock
        With the expected offset for no speech or no timeline entries.

    Source
    ------
    The information times twice the number of observations is the G statistic. For names shown at
    random it is chi-squared with ``(speakers - 1) * (names - 1)`` degrees of freedom (Wilks 1938;
    Sokal and Rohlf, Biometry, section 17.4); time without a shown name does not count in it.
    """
    steps = round(LARGEST_OFFSET_S / STEP_S)
    offsets = sorted(
        np.arange(-steps, steps + 1) * STEP_S, key=lambda d: abs(d - EXPECTED_OFFSET_S)
    )
    information = [measure_information(joint_table(speech, shown, offset)) for offset in offsets]
    probable = [
        nats - ((offset - EXPECTED_OFFSET_S) / OFFSET_SPREAD_S) ** 2 / 2
        for offset, nats in zip(offsets, information, strict=True)
    ]
    best = int(np.argmax(np.array(probable) >= max(probable) - NOISE_NATS))
    offset = round(float(offsets[best]), 1)
    return Clock(offset, _chance(joint_table(speech, shown, offset)[:, :-1]))


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


def _chance(table: Table) -> float | None:
    speakers, names = (np.count_nonzero(table.sum(axis=axis)) for axis in (1, 0))
    freedom = (speakers - 1) * (names - 1)
    # The chi-squared survival function; scipy.stats has it too, but takes a second to import.
    return float(chdtrc(freedom, 2 * measure_information(table))) if freedom > 0 else None
