import itertools
import threading

import pytest

from cpu_engine.http.errors import Busy
from cpu_engine.http.inference_queue import Queued
from tests.waiting import PATIENCE_S


def test_the_model_is_loaded_once_and_only_when_it_is_asked_for() -> None:
    numbers = itertools.count(1)
    queued = Queued(lambda: next(numbers), waiting=1)

    with queued.place_and_turn() as first, queued.place():
        pass
    with queued.place_and_turn() as second:
        pass

    assert (first, second) == (1, 1)


def test_a_full_queue_refuses() -> None:
    queued = Queued(object, waiting=1)

    with queued.place(), queued.place(), pytest.raises(Busy), queued.place():
        pass


def test_a_place_that_was_left_can_be_taken() -> None:
    queued = Queued(object, waiting=0)

    with queued.place():
        pass
    with queued.place():
        pass


def test_two_calls_never_use_the_model_at_the_same_time() -> None:
    queued = Queued(object, waiting=1)
    entered = threading.Event()
    other = threading.Thread(target=lambda: _take_turn(queued, entered))

    with queued.turn():
        other.start()
        assert not entered.wait(0.1)
    assert entered.wait(PATIENCE_S)
    other.join()


def _take_turn(queued: Queued[object], entered: threading.Event) -> None:
    with queued.turn():
        entered.set()
