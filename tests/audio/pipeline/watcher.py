"""A watcher of a job whose client may have left."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watcher:
    """Ignores the progress of a job, and may report that it is over."""

    has_left: bool = False

    def advance(self, share: float) -> None:
        """Ignore the progress."""

    def is_over(self) -> bool:
        return self.has_left
