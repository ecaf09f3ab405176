"""The engine's catalogue, remembered: with an engine and a clock that do as told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

from audio.engines.failures import EngineUnreachable
from audio.engines.speech_voices import REFRESH_S, VoiceList
from audio.retries import VOICE_LIST


class Engine:
    """An engine that is up or down, and counts how often it is asked."""

    def __init__(self) -> None:
        self.voices: tuple[str, ...] = ("af_sky",)
        self.up = True
        self.asked = 0
        self.during: Callable[[], object] = tuple

    def ask(self) -> tuple[str, ...]:
        self.asked += 1
        self.during()
        if not self.up:
            raise EngineUnreachable("down")
        return self.voices


class Clock:
    """A clock that moves when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def pause(reached: Event, go_on: Event) -> None:
    reached.set()
    go_on.wait()


class Known:
    """Known voices with their engine and clock at hand."""

    def __init__(self) -> None:
        self.engine, self.clock = Engine(), Clock()
        self.voices = VoiceList(self.engine.ask, self.clock)

    def after(self, seconds: float) -> tuple[str, ...]:
        self.clock.now += seconds
        return self.voices.all()


def test_the_engine_is_asked_once_a_minute() -> None:
    known = Known()

    told = [known.after(0), known.after(REFRESH_S - 1), known.after(1)]

    assert told == [("af_sky",)] * 3
    assert known.engine.asked == 2


def test_what_the_engine_told_is_kept_while_it_is_down() -> None:
    known = Known()
    known.after(0)
    known.engine.up = False

    assert known.after(10 * REFRESH_S) == ("af_sky",)


def test_nothing_is_known_while_the_engine_has_never_answered() -> None:
    known = Known()
    known.engine.up = False

    assert known.after(0) == ()


def test_an_engine_that_is_down_is_asked_again_after_a_while() -> None:
    known = Known()
    known.engine.up = False

    known.after(0)
    known.after(VOICE_LIST.first_wait_s - 1)
    known.after(1)

    assert known.engine.asked == 2


def test_an_engine_that_is_up_again_tells_what_it_has_now() -> None:
    known = Known()
    known.engine.up = False
    known.after(0)
    known.engine.up = True

    assert known.after(VOICE_LIST.first_wait_s) == ("af_sky",)


def test_only_what_was_told_a_moment_ago_is_fresh() -> None:
    known = Known()
    before = known.voices.fresh()
    known.after(0)
    told = known.voices.fresh()
    known.clock.now = REFRESH_S

    assert (before, told, known.voices.fresh()) == ((), ("af_sky",), ())
    assert known.engine.asked == 1


def test_while_one_request_asks_another_is_told_the_old() -> None:
    known, asking, go_on = Known(), Event(), Event()
    known.after(0)
    known.engine.voices = ("af_bella",)
    known.engine.during = partial(pause, asking, go_on)

    with ThreadPoolExecutor() as threads:
        first = threads.submit(known.after, REFRESH_S)
        asking.wait()
        second = known.voices.all()
        go_on.set()

    assert second == ("af_sky",)
    assert first.result() == ("af_bella",)
    assert known.engine.asked == 2


def test_requests_that_come_at_once_ask_once() -> None:
    known, together = Known(), Barrier(4)

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(lambda: (together.wait(), known.voices.all())) for _ in range(4)]
        told = {answer.result()[1] for answer in asking}

    assert told == {("af_sky",)}
    assert known.engine.asked == 1
