"""When the known answer is asked, and what a wrong one leads to."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nvidia_engine.inference.units import EngineFault
from nvidia_engine.known_answer import FirstEmbedding, KnownAnswer
from nvidia_engine.prober import Prober, Remedies

KNOWN = KnownAnswer(Path("recording.flac"), ["good", "morning"], 2)
VOICE = np.array([1, 0], np.float32)
GOOD = (["Good", "morning."], 2, VOICE)


class Probing:
    """A prober over answers and a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.answer: tuple[list[str], int, NDArray[np.float32] | None] | None = GOOD
        self.now, self.asked = 100.0, 0
        self.replaced: list[str] = []
        self.given_up: list[str] = []
        remedies = Remedies(self.replaced.append, self.given_up.append, start_limit_s=900)
        memory = FirstEmbedding(folder, ["titanet.onnx 1", "cpu"])
        self.prober = Prober(self._ask, KNOWN, memory, 60, remedies)

    def _ask(self, _: KnownAnswer) -> tuple[list[str], int, NDArray[np.float32] | None]:
        self.asked += 1
        if self.answer is None:
            raise EngineFault("the child died")
        return self.answer

    def turn(self) -> None:
        """Look once whether the question is due."""
        stopped = _StopsAfterOneTurn()
        self.prober.run(stopped)


class _StopsAfterOneTurn(threading.Event):
    def __init__(self) -> None:
        super().__init__()
        self._turns = 0

    def wait(self, timeout: float | None = None) -> bool:
        self._turns += 1
        return self._turns > 1


@pytest.fixture
def probing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Probing:
    clock: list[Callable[[], float]] = [lambda: 100.0]
    monkeypatch.setattr("nvidia_engine.prober.time.monotonic", lambda: clock[0]())
    probing = Probing(tmp_path)
    clock[0] = lambda: probing.now
    return probing


def test_an_idle_engine_is_asked_each_interval(probing: Probing) -> None:
    probing.turn()
    probing.now += 59
    probing.turn()
    assert probing.asked == 1

    probing.now += 1
    probing.turn()

    assert probing.asked == 2


def test_answers_to_clients_put_the_question_off_for_three_intervals_at_most(
    probing: Probing,
) -> None:
    probing.turn()
    for _ in range(8):
        probing.now += 20
        probing.prober.note_answer()
        probing.turn()
    assert probing.asked == 1

    probing.now += 20
    probing.prober.note_answer()
    probing.turn()

    assert probing.asked == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (([], 2, VOICE), "the words differ"),
        ((["good", "morning"], 1, VOICE), "1 speakers instead of 2"),
        ((["good", "morning"], 2, None), "no embedding"),
        ((["good", "morning"], 2, VOICE[::-1]), "the embedding differs"),
    ],
)
def test_a_wrong_answer_after_a_right_one_replaces_the_child(
    probing: Probing, answer: tuple[list[str], int, NDArray[np.float32] | None], said: str
) -> None:
    probing.prober.probe()
    probing.answer = answer

    probing.prober.probe()

    assert said in probing.replaced[0]
    assert not probing.prober.is_good


def test_an_answer_that_was_never_right_replaces_nothing_and_ends_the_program_late(
    probing: Probing,
) -> None:
    probing.answer = ([], 2, VOICE)
    probing.turn()
    assert (probing.replaced, probing.given_up) == ([], [])

    probing.now += 901
    probing.turn()

    assert probing.given_up == ["no known answer was right: the words differ"]


def test_a_fault_while_it_is_asked_is_the_dispatchers_to_heal(probing: Probing) -> None:
    probing.prober.probe()
    probing.answer = None

    probing.prober.probe()

    assert probing.replaced == []
    assert probing.prober.verdict == "the child died"
