"""The engine calls of one job, made in parallel."""

from functools import partial
from threading import Barrier, BrokenBarrierError, Event

import pytest

from audio.pipeline.analysis.parallel_calls import run_in_parallel


def test_answers_come_in_the_order_of_the_calls() -> None:
    assert run_in_parallel(partial(sum, [1, 2]), partial(max, [5, 4])) == [3, 5]


def test_the_calls_of_two_tracks_run_in_parallel() -> None:
    assert sorted(run_in_parallel(*[Barrier(4, timeout=20).wait] * 4)) == [0, 1, 2, 3]


def test_no_more_calls_than_the_limit_run_in_parallel() -> None:
    with pytest.raises(BrokenBarrierError):
        run_in_parallel(*[Barrier(3, timeout=0.2).wait] * 3, limit=2)


def test_no_further_call_begins_after_a_failure() -> None:
    begun = Event()

    def fail() -> None:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        run_in_parallel(fail, begun.set, limit=1)

    assert not begun.wait(0.3)
