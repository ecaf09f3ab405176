"""The deadline of a batch, from the times of earlier batches."""

from dataclasses import dataclass

from nvidia_engine.inference.units import Kind

# A batch may take this long, and ten times what earlier batches took for a second of audio.
_BASE_S, _PATIENCE = 10.0, 10.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Settings of the dispatcher, in seconds."""

    batch_s: float
    batch_wait_s: float
    start_s: float
    base_s: float = _BASE_S


class Deadlines:
    """Measures the cost of each kind: seconds of work for a second of audio."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cost: dict[Kind, float] = {}

    @property
    def cost(self) -> float:
        """Seconds of work for a second of audio, of all kinds together."""
        return sum(self._cost.values())

    def of(self, kind: Kind, seconds: float) -> float:
        """Give a batch its time; the first of a kind loads kernels, and has what a start has."""
        cost = self._cost.get(kind)
        if cost is None:
            return self._limits.start_s
        return self._limits.base_s + seconds * cost * _PATIENCE

    def measure(self, kind: Kind, seconds: float, took_s: float) -> None:
        """Follow the cost slowly: one slow batch is not the machine."""
        cost = took_s / max(seconds, 1.0)
        self._cost[kind] = self._cost.get(kind, cost) * 7 / 8 + cost / 8
