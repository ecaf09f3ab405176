"""Engine calls of long jobs, repeated while an engine is restarting or may recover."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from audio import context
from audio.engines.failures import EngineError, EngineRestarting
from audio.media.decoding import DecodingUnavailable
from audio.pipeline import job_progress
from audio.retries import ENGINE_CALLS

# How often a wait is interrupted to check whether the job is still wanted.
CHECK_S = 0.5
T = TypeVar("T")
# How long to wait after a failure, given the wait that the policy plans; None: do not try again.
Delay = Callable[[Exception, float], float | None]


def call_with_retries(ask: Callable[[], T], delay: Delay) -> T:
    """Call, and call again after each failure for which `delay` returns a wait.

    Raises
    ------
    EngineError, DecodingUnavailable
        The last failure, or the first that `delay` returns no wait for.
    Stopped, ClientLeft
    """
    for planned_s in ENGINE_CALLS.waits_s:
        try:
            return call_through_restart(ask)
        except (EngineError, DecodingUnavailable) as error:
            wait_s = delay(error, planned_s)
            if wait_s is None:
                raise
        pause(wait_s)
    return call_through_restart(ask)


def call_through_restart(ask: Callable[[], T]) -> T:
    """Call an engine, and wait for it while it is restarting, for up to RECOVERY_TIMEOUT_S.

    Raises
    ------
    EngineRestarting
        When the restart takes longer.
    Stopped, ClientLeft
    """
    until = time.monotonic() + settings.RECOVERY_TIMEOUT_S
    while True:
        try:
            return ask()
        except EngineRestarting as restart:
            if time.monotonic() + restart.retry_after > until:
                raise
            pause(restart.retry_after)


def pause(seconds: float) -> None:
    """Wait while the job is still wanted.

    Raises
    ------
    Stopped, ClientLeft
    """
    until = time.monotonic() + seconds
    while (left_s := until - time.monotonic()) > 0:
        time.sleep(min(left_s, CHECK_S))
        raise_if_unwanted()


def raise_if_unwanted() -> None:
    """Begin nothing new for a job that was stopped, or whose client has left.

    Raises
    ------
    Stopped, ClientLeft
    """
    context.raise_if_client_left()
    job_progress.raise_if_stopped()
