"""Counts of what the models have answered."""

from collections import Counter
from dataclasses import dataclass, field

from nvidia_engine.inference.units import Kind


@dataclass(slots=True)
class Tally:
    """Counts since the start, by kind; written by one thread, read by any."""

    batches: Counter[Kind] = field(default_factory=Counter)
    units: Counter[Kind] = field(default_factory=Counter)
    seconds: Counter[Kind] = field(default_factory=Counter)
    bad_embeddings: int = 0

    def add(self, kind: Kind, units: int, seconds: float) -> None:
        """Count a batch that was answered."""
        self.batches[kind] += 1
        self.units[kind] += units
        self.seconds[kind] += round(seconds)
