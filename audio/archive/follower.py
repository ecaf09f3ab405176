"""Who wants to know how far an archive is, and who may end it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from audio.archive.inventory import Found

How = Literal["done", "to do", "copied", "there", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a recording: done now, copied from its like, there already, or failed.

    In a plan, what would become of it.
    """

    name: str
    how: How
    audio_s: float = 0.0
    took_s: float = 0.0
    reason: str = ""
    warnings: tuple[str, ...] = ()


class Follower(Protocol):
    """Somebody who follows an archive, from whatever thread."""

    def begins(self, found: Found) -> None:
        """A recording is being heard."""

    def advances(self, found: Found, share: float) -> None:
        """So large a share of it, 0 to 1, is done."""

    def stops(self, found: Found) -> None:
        """It is left as it was."""

    def ends(self, outcome: Outcome, found: Found | None) -> None:
        """This became of it; what was never one is not `found`."""


class Stop:
    """Whether nothing new is to begin, and why."""

    def __init__(self) -> None:
        self.reason = ""

    def now(self, reason: str) -> None:
        """Begin nothing new; the first reason counts."""
        self.reason = self.reason or reason

    def is_asked(self) -> bool:
        """Whether anybody wants it."""
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class FoundWatch:
    """Tells of one recording among many."""

    found: Found
    follower: Follower
    stop: Stop

    def advance(self, share: float) -> None:
        self.follower.advances(self.found, share)

    def is_over(self) -> bool:
        return self.stop.is_asked()
