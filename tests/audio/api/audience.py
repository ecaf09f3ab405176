"""Somebody who follows a job."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Audience:
    """Is told how far the job is, and may want it no longer."""

    has_left: bool = False

    def advance(self, share: float) -> None:
        """Nobody else is told."""

    def is_over(self) -> bool:
        return self.has_left
