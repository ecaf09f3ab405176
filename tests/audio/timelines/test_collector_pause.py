"""The pause of the garbage collector: short, by one thread at a time, and always ended."""

import gc

import pytest

from audio.timelines.collector_pause import collector_paused


def test_the_collector_pauses_for_a_large_timeline_alone() -> None:
    with collector_paused(is_large=True):
        assert not gc.isenabled()

    with collector_paused(is_large=False):
        assert gc.isenabled()


def test_the_collector_runs_again_after_a_failure() -> None:
    with pytest.raises(ValueError, match="no timeline"), collector_paused(is_large=True):
        raise ValueError("no timeline")

    assert gc.isenabled()


def test_a_pause_does_not_lengthen_another() -> None:
    with collector_paused(is_large=True):
        with collector_paused(is_large=True):
            pass
        assert not gc.isenabled()

    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_paused(is_large=True):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
