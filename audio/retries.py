"""The one kind of retry policy of the gateway, and the policies of its engine calls."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often something is attempted, and how long to wait between two attempts, in seconds.

    Each wait is `growth` times the one before. Without `attempts` it is attempted forever.
    """

    attempts: int | None = None
    first_wait_s: float = 0.0
    growth: float = 1.0

    def wait_s(self, attempt: int, *, at_least_s: float = 0.0) -> float:
        """Return how long to wait after a failed attempt, the first of which is 1."""
        return max(self.first_wait_s * self.growth ** (attempt - 1), at_least_s)

    def is_last(self, attempt: int) -> bool:
        """Whether no attempt follows this one."""
        return self.attempts is not None and attempt >= self.attempts

    @property
    def waits_s(self) -> tuple[float, ...]:
        """The waits between all attempts: one fewer than there are attempts."""
        return tuple(self.wait_s(attempt) for attempt in range(1, self.attempts or 1))


# Connecting alone: nothing was sent yet, so the second attempt follows immediately.
CONNECTING = RetryPolicy(attempts=2)
# A wedged or busy engine may be well again after 2 s, or 15 s: one failed call must not end a job
# of hours.
ENGINE_CALLS = RetryPolicy(attempts=3, first_wait_s=2.0, growth=7.5)
# While the speech engine is down, its list of voices is asked for this often.
VOICE_LIST = RetryPolicy(first_wait_s=10.0)
