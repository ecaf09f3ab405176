"""What is asked of the device, and by whom."""

import itertools
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_numbers = itertools.count(1)


class Kind(StrEnum):
    """Which model a unit is for."""

    WORDS = "words"
    TURNS = "turns"
    VOICES = "voices"


# The lengths that batches are padded to: few shapes, so that memory arenas and searches for
# kernels settle.
BUCKETS_S = (5, 10, 16, 25)


@dataclass(slots=True, eq=False)
class Request:
    """One call of a client: its units are served in turn with those of other requests."""

    seconds: float
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(slots=True, eq=False)
class Unit:
    """One input of one model; its future gets the model's answer or an EngineFault."""

    kind: Kind
    request: Request
    payload: Any
    seconds: float
    future: "Future[Any]" = field(default_factory=Future)
    queued_at: float = field(default_factory=time.monotonic)

    @property
    def bucket_s(self) -> float:
        """The length this unit is padded to, in seconds."""
        return next((size for size in BUCKETS_S if self.seconds <= size), self.seconds)
