"""Engine calls that are repeated while an engine is restarting, or may recover."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from audio.engines.failures import EngineFailed, EngineRestarting
from audio.pipeline.analysis.engine_retries import call_through_restart, call_with_retries
from audio.pipeline.job_progress import Stopped, watched_by


class StoppedJob:
    """A job whose result is no longer wanted."""

    def advance(self, share: float) -> None:
        """Ignore the progress."""

    def is_over(self) -> bool:
        return True


def failing(*failures: Exception) -> Callable[[], str]:
    """An engine that fails in these ways, one after the other, and then answers."""
    remaining = list(failures)

    def ask() -> str:
        if remaining:
            raise remaining.pop(0)
        return "answered"

    return ask


def restarting(for_s: int) -> EngineRestarting:
    return EngineRestarting("It is being restarted.", for_s)


def wedged() -> EngineFailed:
    return EngineFailed("It failed.", "CUDA error")


def test_an_engine_is_asked_again_when_it_should_be_back() -> None:
    assert call_through_restart(failing(*[restarting(0)] * 3)) == "answered"


def test_a_restart_is_waited_for_no_longer_than_it_may_take(settings: Settings) -> None:
    settings.RECOVERY_TIMEOUT_S = 5.0

    with pytest.raises(EngineRestarting):
        call_through_restart(failing(restarting(6)))


def test_a_stopped_job_waits_for_no_restart() -> None:
    with watched_by(StoppedJob()), pytest.raises(Stopped):
        call_through_restart(failing(restarting(1)))


def test_a_failed_call_is_repeated_twice() -> None:
    assert call_with_retries(failing(wedged(), wedged()), lambda *_: 0.0) == "answered"


def test_a_third_failure_is_final() -> None:
    with pytest.raises(EngineFailed):
        call_with_retries(failing(*[wedged()] * 3), lambda *_: 0.0)


def test_a_failure_without_a_wait_is_final() -> None:
    with pytest.raises(EngineFailed):
        call_with_retries(failing(wedged()), lambda *_: None)
