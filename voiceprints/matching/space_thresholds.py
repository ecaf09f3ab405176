"""The threshold that a library sets for each of its embedding spaces.

The more similar the enrolled people are to each other, the more similar are strangers to them:
people of one language, room and microphone are 0.2 to 0.25 nearer than readers of audio books.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import assert_never

import numpy as np
from django.db import transaction
from django.utils import timezone

from audio.merge.defaults import DEFAULT_THRESHOLD
from voiceprints.matching.neighbours import nearest_others
from voiceprints.models import Space, Voiceprint
from voiceprints.models.spaces import ThresholdSource

LEAST_THRESHOLD = DEFAULT_THRESHOLD
QUANTILE = 0.9
# With fewer people one of them is more than a tenth: the quantile is then hardly an estimate.
FEWEST_PEOPLE = 7
# By size: SIZE_BASE for SIZE_UNIT voiceprints, SIZE_SLOPE more for ten times as many.
SIZE_BASE, SIZE_SLOPE, SIZE_UNIT = 0.42, 0.08, 5
LEAST_BY_SIZE, MOST_BY_SIZE = 0.45, 0.55
# Voiceprints whose nearest others are looked up. The share below the quantile is then known to 2
# points (standard error: sqrt(0.9 * 0.1 / 200)).
SAMPLE = 200
# A smaller change of the number of voiceprints moves that share by less than its error.
LEAST_CHANGE = 0.01


@dataclass(frozen=True, slots=True)
class AutomaticThreshold:
    """A threshold, as a cosine, and what it comes from."""

    value: float
    source: ThresholdSource


def automatic_threshold(
    nearest: Sequence[float], *, people: int, voiceprints: int
) -> AutomaticThreshold:
    """Return the threshold of a library.

    With at least `FEWEST_PEOPLE` people it is the 90 % quantile of `nearest`, but not below 0.5;
    with fewer it is ``0.42 + 0.08 * log10(voiceprints / 5)``, within 0.45 and 0.55. An empty
    library has the default.

    Measured with voices of ten people who were recorded in one studio, against a fixed 0.5: 5 %
    of strangers get a name instead of 12 %; with twenty people of one talk show 5 % instead of
    43 %; with readers of audio books as many as before. The price: emotional speech of people
    who were enrolled neutrally stays unnamed more often, in 31 % of cases instead of 10 %.

    Parameters
    ----------
    nearest
        Cosines from -1 to 1 between each voiceprint, or a sample of them, and the nearest
        voiceprint of another person.
    people, voiceprints
        How many the library has.

    Examples
    --------
    >>> automatic_threshold([0.6] * 10, people=10, voiceprints=10).value
    0.6
    >>> round(automatic_threshold([], people=1, voiceprints=50).value, 2)
    0.5

    """
    if voiceprints == 0:
        return AutomaticThreshold(DEFAULT_THRESHOLD, ThresholdSource.DEFAULT)
    if people < FEWEST_PEOPLE or not nearest:
        by_size = SIZE_BASE + SIZE_SLOPE * math.log10(voiceprints / SIZE_UNIT)
        within = min(max(by_size, LEAST_BY_SIZE), MOST_BY_SIZE)
        return AutomaticThreshold(within, ThresholdSource.SIZE)
    quantile = float(np.quantile(nearest, QUANTILE))
    # Rounding may put the cosine of equal vectors above 1.
    within = min(max(LEAST_THRESHOLD, quantile), 1.0)
    return AutomaticThreshold(within, ThresholdSource.NEIGHBOURS)


def explain_threshold(space: Space) -> str:
    """Return in one sentence why a space has its threshold."""
    source = ThresholdSource(space.threshold_source)
    prints, people = space.threshold_voiceprints, space.threshold_people
    match source:
        case ThresholdSource.OPERATOR:
            return "An administrator set it."
        case ThresholdSource.DEFAULT:
            return "The default: no voiceprints have been counted yet."
        case ThresholdSource.SIZE:
            return f"By size: voiceprints {prints}, fewer than {FEWEST_PEOPLE} people."
        case ThresholdSource.NEIGHBOURS:
            return (
                f"At least {LEAST_THRESHOLD}, and above what {QUANTILE:.0%} of the voiceprints "
                f"reach with another person: voiceprints {prints}, people {people}."
            )
    assert_never(source)


def update_thresholds_on_commit(spaces: Iterable[int], *, is_forced: bool = False) -> None:
    """Update spaces whose voiceprints the current transaction changes, once it is committed.

    Then no lock of the change is held meanwhile, and a failure is logged and undoes nothing.
    """
    for space in spaces:
        transaction.on_commit(partial(update_threshold, space, is_forced=is_forced), robust=True)


def update_all_thresholds() -> None:
    """Compute the thresholds of all spaces, also where consent has begun or ended since."""
    for space in Space.objects.order_by("pk").values_list("pk", flat=True):
        update_threshold(space, is_forced=True)


@transaction.atomic
def update_threshold(space_id: int, *, is_forced: bool = False) -> None:
    """Set the threshold of a space, unless an administrator did.

    Unless forced, a space whose number of voiceprints changed by less than 1 % is left as it is.
    """
    space = Space.objects.select_for_update(no_key=True).get(pk=space_id)
    if not space.is_threshold_automatic:
        return
    usable = Voiceprint.objects.usable(space, timezone.now())
    voiceprints, counted = usable.count(), space.threshold_voiceprints
    if not is_forced and abs(voiceprints - counted) <= LEAST_CHANGE * counted:
        return
    people = usable.order_by().values("person").distinct().count()
    enough = people >= FEWEST_PEOPLE
    nearest = nearest_others(usable, space, sample=SAMPLE) if enough else []
    chosen = automatic_threshold(nearest, people=people, voiceprints=voiceprints)
    space.threshold, space.threshold_source = round(chosen.value, 4), chosen.source
    space.threshold_voiceprints, space.threshold_people = voiceprints, people
    space.save(update_fields=_SET_BY_LIBRARY)


_SET_BY_LIBRARY = ("threshold", "threshold_source", "threshold_voiceprints", "threshold_people")
