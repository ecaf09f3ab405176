"""How often is a voice taken for another, and how often not recognised? Shares from 0 to 1.

Similarities are cosines.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio.merge.naming.identification import OpenSetRule, identify
from audio.merge.values import Embedding, Voices

Similarities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """A fingerprint, whose it is, and who is known when it is heard."""

    person: str
    embedding: Embedding
    known: Voices

    @property
    def stranger(self) -> bool:
        """Whether the one who speaks is not among the known."""
        return self.person not in self.known.names


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the trials: under the wrong name, and under none."""

    wrong: float
    unnamed: float


def equal_error_rate(same: Similarities, different: Similarities) -> tuple[float, float]:
    """Where as many of the same voice are refused as of different voices accepted.

    The rate, and the threshold at which it is met; between two similarities the rates are steps,
    so the mean of the two is taken where they are nearest.
    """
    thresholds = np.unique(np.concatenate([same, different]))
    refused = np.searchsorted(np.sort(same), thresholds) / len(same)
    accepted = 1 - np.searchsorted(np.sort(different), thresholds) / len(different)
    at = int(np.argmin(np.abs(refused - accepted)))
    return float((refused[at] + accepted[at]) / 2), float(thresholds[at])


def shares_at(trials: Iterable[Trial], rule: OpenSetRule) -> Shares:
    """What the library would make of these trials by this rule."""
    named = [
        (trial.person, identify(trial.embedding, trial.known, rule=rule).name) for trial in trials
    ]
    unnamed = sum(name is None for _, name in named)
    right = sum(name == person for person, name in named)
    return Shares((len(named) - unnamed - right) / len(named), unnamed / len(named))
