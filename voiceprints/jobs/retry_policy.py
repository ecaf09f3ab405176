"""Which failures may pass, and when is it tried again?"""

from django.conf import settings
from django.db import InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job as QueuedTask

from audio.engines.failures import (
    PASSING,
    EngineNotConfigured,
    EngineRefused,
    EngineRestarting,
)
from audio.media.decoding import DecodingUnavailable
from audio.media.temporary_files import NoRoom

# Each wait is so many times the one before.
GROWTH = 3
_MAY_PASS = (
    *PASSING,
    # This worker lacks a setting; another has it, or will this one after it is set right.
    EngineNotConfigured,
    DecodingUnavailable,
    NoRoom,
)


class TryAgain(Exception):
    """A task is to be done again, not before so many seconds."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"again in {after_s:.0f} s")
        self.after_s = after_s


class WhenAsked(BaseRetryStrategy):
    """Tasks say themselves when they want to be tried again; a lost database is waited for."""

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedTask
    ) -> RetryDecision | None:
        match exception:
            case TryAgain():
                return RetryDecision(retry_in={"milliseconds": round(exception.after_s * 1000)})
            case OperationalError() | InterfaceError():
                return RetryDecision(retry_in={"seconds": round(settings.JOB_RETRY_S)})
        return None


def may_pass(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, EngineRefused):
        return error.retry_after is not None or error.status in (429, 503)
    return isinstance(error, _MAY_PASS)


def wait_s(attempt: int, error: Exception | None = None) -> float:
    """How long to wait after so many attempts, as the engine asks at the least."""
    asked = None
    if isinstance(error, EngineRefused | EngineRestarting):
        asked = error.retry_after
    own: float = settings.JOB_RETRY_S * GROWTH ** (attempt - 1)
    return max(own, asked or 0)
