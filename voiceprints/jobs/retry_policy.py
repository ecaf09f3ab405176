"""The retry policies of jobs and webhooks, and the errors that are transient."""

from django.conf import settings
from django.db import InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job as QueuedTask

from audio.engines.failures import (
    TRANSIENT,
    EngineBusy,
    EngineMisconfigured,
    EngineNotConfigured,
    EngineRefused,
    EngineRefusedKey,
    EngineRestarting,
)
from audio.library import LibraryUnavailable
from audio.media.decoding import DecodingUnavailable
from audio.media.temporary_files import NoRoom
from audio.retries import RetryPolicy

# With JOB_RETRY_S of 10 s the last attempt is made three hours after the first.
WEBHOOK_ATTEMPTS = 8
GROWTH = 3.0
_TRANSIENT_ERRORS = (
    *TRANSIENT,
    # Another worker may have the setting, or this one after it is corrected.
    EngineMisconfigured,
    EngineNotConfigured,
    EngineRefusedKey,
    DecodingUnavailable,
    NoRoom,
)


class RetryLater(Exception):
    """Raised by a task that is to be retried after `after_s` seconds."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"again in {after_s:.0f} s")
        self.after_s = after_s


class RetryOnRequest(BaseRetryStrategy):
    """Retries a task that raised `RetryLater`, or that lost the connection to the database."""

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedTask
    ) -> RetryDecision | None:
        match exception:
            case RetryLater():
                return RetryDecision(retry_in={"milliseconds": round(exception.after_s * 1000)})
            case LibraryUnavailable() | OperationalError() | InterfaceError():
                return RetryDecision(retry_in={"seconds": round(settings.JOB_RETRY_S)})
        return None


def is_transient(error: Exception) -> bool:
    """Return whether the same work may succeed later."""
    if isinstance(error, EngineRefused):
        return error.retry_after is not None or error.status in (429, 503)
    return isinstance(error, _TRANSIENT_ERRORS)


def job_retries() -> RetryPolicy:
    """Return the retry policy of jobs."""
    return RetryPolicy(
        attempts=settings.JOB_ATTEMPTS, first_wait_s=settings.JOB_RETRY_S, growth=GROWTH
    )


def webhook_retries() -> RetryPolicy:
    """Return the retry policy of webhooks."""
    return RetryPolicy(attempts=WEBHOOK_ATTEMPTS, first_wait_s=settings.JOB_RETRY_S, growth=GROWTH)


def requested_wait_s(error: Exception) -> float:
    """Return how long an engine asks to wait, in seconds."""
    if isinstance(error, EngineRefused | EngineRestarting | EngineBusy):
        return error.retry_after or 0.0
    return 0.0
