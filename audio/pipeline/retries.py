"""When is an engine asked again that may be well by then?"""

import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from audio import context
from audio.engines.failures import EngineRestarting
from audio.pipeline import job_progress

# A wedged or busy engine may be well again by then; a job of hours must not end with one call.
RETRY_AFTER_S = (2.0, 15.0)
# How often whoever waits looks whether somebody still wants the job.
GLANCE_S = 1.0
T = TypeVar("T")


def once_it_is_back(ask: Callable[[], T]) -> T:
    """Ask, and wait for an engine that is being restarted, for as long as that may take.

    Raises
    ------
    EngineRestarting
        When it took longer.
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
    """Wait, as long as somebody wants the job.

    Raises
    ------
    Stopped, ClientLeft
    """
    until = time.monotonic() + seconds
    while (left_s := until - time.monotonic()) > 0:
        time.sleep(min(left_s, GLANCE_S))
        go_on()


def go_on() -> None:
    """Begin nothing new where nobody wants it, or nobody is there any more.

    Raises
    ------
    Stopped, ClientLeft
    """
    context.raise_if_client_left()
    job_progress.raise_if_stopped()
