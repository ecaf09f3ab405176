"""An engine that is being restarted is waited for."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from audio.engines.failures import EngineRestarting
from audio.pipeline.job_progress import Stopped, watched_by
from audio.pipeline.retries import once_it_is_back


class Nobody:
    """Whoever wanted the job wants it no longer."""

    def advance(self, share: float) -> None:
        """Nobody is told."""

    def is_over(self) -> bool:
        return True


def restarting(times: int, *, for_s: int) -> Callable[[], str]:
    """An engine that says so many times that it is back in so many seconds."""
    refusals = [EngineRestarting("It is being restarted.", for_s) for _ in range(times)]

    def ask() -> str:
        if refusals:
            raise refusals.pop()
        return "heard"

    return ask


def test_an_engine_is_asked_again_when_it_should_be_back() -> None:
    assert once_it_is_back(restarting(3, for_s=0)) == "heard"


def test_nobody_waits_longer_than_a_restart_may_take(settings: Settings) -> None:
    settings.RECOVERY_TIMEOUT_S = 5.0

    with pytest.raises(EngineRestarting):
        once_it_is_back(restarting(1, for_s=6))


def test_nobody_waits_for_a_job_that_nobody_wants() -> None:
    with watched_by(Nobody()), pytest.raises(Stopped):
        once_it_is_back(restarting(1, for_s=1))
