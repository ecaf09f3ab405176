"""Units of inference, and the requests that they belong to."""

import itertools
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nvidia_engine.features import bucket_s

_numbers = itertools.count(1)


class EngineFault(Exception):
    """A unit that cannot be answered."""


class Kind(StrEnum):
    """Which model a unit is for."""

    WORDS = "words"
    TURNS = "turns"
    VOICES = "voices"


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
        return bucket_s(self.seconds)

    def fail(self, reason: str) -> None:
        """Answer with a fault, unless the client has left."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(EngineFault(reason))

    def resolve(self, result: Any) -> None:
        """Answer, unless the client has left."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_result(result)
