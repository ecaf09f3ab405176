"""Error rates of identification: confusions and misses, as shares from 0 to 1.

Similarities are cosines.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.naming.voices.open_set_identification import OpenSetRule, identify
from audio.merge.values import Embedding, Voices

Similarities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """An embedding, its person, and the voices that are known when it is identified."""

    person: str
    embedding: Embedding
    known: Voices

    @property
    def stranger(self) -> bool:
        """Whether the person is not among the known voices."""
        return self.person not in self.known.names


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the trials with a wrong name and without one."""

    wrong: float
    unnamed: float


def equal_error_rate(same: Similarities, different: Similarities) -> tuple[float, float]:
    """Return the equal error rate and its threshold.

    The rates are step functions of the threshold: the mean of the two is taken where they are
    nearest.
    """
    thresholds = np.unique(np.concatenate([same, different]))
    refused = np.searchsorted(np.sort(same), thresholds) / len(same)
    accepted = 1 - np.searchsorted(np.sort(different), thresholds) / len(different)
    at = int(np.argmin(np.abs(refused - accepted)))
    return float((refused[at] + accepted[at]) / 2), float(thresholds[at])


def shares_at(trials: Iterable[Trial], rule: OpenSetRule) -> Shares:
    """Return the errors of the library's decision rule over the trials."""
    named = [
        (trial.person, identify(trial.embedding, trial.known, rule=rule).name) for trial in trials
    ]
    unnamed = sum(name is None for _, name in named)
    right = sum(name == person for person, name in named)
    return Shares((len(named) - unnamed - right) / len(named), unnamed / len(named))
