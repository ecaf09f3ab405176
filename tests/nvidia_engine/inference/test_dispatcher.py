"""A lost child is replaced, and each unit is answered or fails alone."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from nvidia_engine.inference.child import Child
from nvidia_engine.inference.deadlines import Limits
from nvidia_engine.inference.dispatcher import Dispatcher
from nvidia_engine.inference.units import EngineFault, Kind, Request, Unit
from tests.nvidia_engine.inference import faulty_children
from tests.waiting import PATIENCE_S, until

Start = Callable[[], Child]


class Running:
    """A dispatcher over children that fail on request."""

    def __init__(self, start: Start, folder: Path) -> None:
        self.given_up: list[str] = []
        limits = Limits(batch_s=100, batch_wait_s=0.02, start_s=PATIENCE_S, base_s=0.5)
        self.dispatcher = Dispatcher(start, limits, self.given_up.append)
        self._folder = folder

    def ask(self, *payloads: object, kind: Kind = Kind.VOICES) -> "list[Future[Any]]":
        """Submit units together, each of its own request."""
        return [self.dispatcher.submit(Unit(kind, Request(1), one, 1.0)) for one in payloads]

    @property
    def starts(self) -> int:
        return len(list(self._folder.iterdir()))


def result(future: "Future[Any]") -> object:
    return future.result(timeout=PATIENCE_S)


def reason(future: "Future[Any]") -> str:
    return str(future.exception(timeout=PATIENCE_S))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(lambda: Child(faulty_children.serve, (tmp_path,)), tmp_path)
    running.dispatcher.start()
    # The first batch of a kind has no deadline of its own yet.
    for kind in Kind:
        result(*running.ask("warm", kind=kind))
    yield running
    running.dispatcher.stop()


def test_units_are_answered_each_with_its_own(running: Running) -> None:
    assert [result(future) for future in running.ask("a", "b", "c")] == ["a", "b", "c"]


@pytest.mark.parametrize("fault", ["die", "hang", "cublas"])
def test_a_unit_that_takes_its_child_along_twice_fails_alone(running: Running, fault: str) -> None:
    good, bad, other = running.ask("a", fault, "b")

    assert (result(good), result(other)) == ("a", "b")
    assert "failed twice on this recording" in reason(bad)
    assert result(*running.ask("afterwards")) == "afterwards"
    assert running.starts == 3


def test_a_batch_that_is_refused_does_not_cost_the_child(running: Running) -> None:
    good, bad = running.ask("a", "bad input")

    assert result(good) == "a"
    assert "failed on this recording (InvalidArgument)" in reason(bad)
    assert running.starts == 1


@pytest.mark.parametrize(
    ("fault", "kind"), [("nan activity", Kind.TURNS), ("nan probability", Kind.WORDS)]
)
def test_an_answer_of_invalid_numbers_costs_the_child(
    running: Running, fault: str, kind: Kind
) -> None:
    [bad] = running.ask(fault, kind=kind)

    assert "invalid numbers" in reason(bad)
    assert running.starts > 1


def test_out_of_memory_halves_the_batches(running: Running) -> None:
    futures = running.ask(*["memory"] * 4)

    assert [result(future) for future in futures] == ["memory"] * 4
    assert running.dispatcher.budget_s == 50


def test_three_lost_children_end_the_program(running: Running) -> None:
    first, second = running.ask("die"), running.ask("die")

    assert "failed twice" in reason(*first)
    assert isinstance(second[0].exception(timeout=PATIENCE_S), EngineFault)
    until(lambda: bool(running.given_up))
    assert "3 children were lost within 10 minutes" in running.given_up[0]
    assert running.dispatcher.state == "failed"
    assert "stopping" in reason(*running.ask("later"))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (faulty_children.refuse, "expected inputs audio_signal, length"),
        (faulty_children.die_while_loading, "the child died"),
    ],
)
def test_a_child_that_cannot_start_ends_the_program(
    target: Callable[..., None], said: str, tmp_path: Path
) -> None:
    running = Running(lambda: Child(target, ()), tmp_path)

    running.dispatcher.start()

    assert said in reason(running.dispatcher.ready)
    assert said in running.given_up[0]


def test_units_of_a_client_who_left_are_not_asked(running: Running) -> None:
    running.ask("hang")
    request = Request(1)
    unit = Unit(Kind.VOICES, request, "die", 1.0)
    until(lambda: running.dispatcher.oldest() is None)
    running.dispatcher.submit(unit)

    running.dispatcher.drop(request)

    assert unit.future.cancelled()
    assert result(*running.ask("a")) == "a"


def test_a_stop_while_a_child_is_replaced_answers_all_units_and_gives_nothing_up(
    running: Running,
) -> None:
    futures = running.ask("die", "a")
    until(lambda: running.dispatcher.state == "restarting")

    running.dispatcher.stop()

    assert all(future.done() for future in futures)
    assert running.given_up == []
