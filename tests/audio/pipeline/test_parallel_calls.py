"""Engine calls of one job, at once."""

from functools import partial
from threading import Barrier, BrokenBarrierError, Event

import pytest

from audio.pipeline.parallel_calls import run_in_parallel


def test_answers_come_in_the_order_of_the_calls() -> None:
    assert run_in_parallel(partial(sum, [1, 2]), partial(max, [5, 4])) == [3, 5]


def test_the_calls_of_two_tracks_run_at_once() -> None:
    assert sorted(run_in_parallel(*[Barrier(4, timeout=20).wait] * 4)) == [0, 1, 2, 3]


def test_of_many_calls_only_so_many_run_at_once() -> None:
    with pytest.raises(BrokenBarrierError):
        run_in_parallel(*[Barrier(3, timeout=0.2).wait] * 3, limit=2)


def test_what_has_not_begun_when_a_call_fails_never_begins() -> None:
    begun = Event()

    def fail() -> None:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        run_in_parallel(fail, begun.set, limit=1)

    assert not begun.wait(0.3)
