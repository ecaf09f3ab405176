"""Voices and mixes of voices as clients write them, and the list of the engine's voices."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.engines.failures import EngineUnreachable
from audio.engines.speech_voices import REFRESH_S, Ingredient, VoiceList, engine_mix, parse_mix
from audio.retries import VOICE_LIST

NAMES = st.from_regex(r"[a-z]{2}_[a-z0-9]{1,12}", fullmatch=True)
WEIGHTS = st.one_of(
    st.just(""), st.integers(1, 9).map("({})".format), st.sampled_from(["(.5)", "(2.)", "(0.25)"])
)
ITEMS = st.builds(str.__add__, NAMES, WEIGHTS)
SIGNED = st.builds(str.__add__, st.sampled_from("+-"), ITEMS)
MIXES = st.builds(lambda first, rest: first + "".join(rest), ITEMS, st.lists(SIGNED, max_size=4))


@given(MIXES)
def test_a_mix_is_written_as_it_was_given(mix: str) -> None:
    assert str(parse_mix(mix)) == mix


@given(MIXES)
def test_spaces_in_a_mix_are_ignored(mix: str) -> None:
    spaced = re.sub(r"([()+-])", r" \1\t", mix)

    assert parse_mix(spaced) == parse_mix(mix)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("a1_+-(). /"), max_size=30))
def test_only_harmless_characters_pass(text: str) -> None:
    try:
        passed = str(parse_mix(text))
    except ValueError:
        passed = ""

    assert re.fullmatch(r"[A-Za-z0-9_+\-().]*", passed)


def test_a_mix_is_read_into_voices_with_signs_and_weights() -> None:
    assert parse_mix("af_bella(2) - af_sky").ingredients == (
        Ingredient("af_bella", weight="2"),
        Ingredient("af_sky", sign="-"),
    )


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "+", "a+", "+a", "a++b", "a()", "a(b)", "a(1", "a(-1)", "a(1e3)", "a(1.2.3)"),
        *(
            "a(0)",
            "a(0.0)",
            f"a({'9' * 150}{'9' * 40}e)",
            "a.b",
            "../a",
            "a/b",
            "ä",
            "a\x00",
            "a*b",
        ),
        *("a" * 201, "a(٣)"),
    ],
)
def test_an_invalid_mix_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a voice|greater than 0"):
        parse_mix(text)


def test_openai_names_in_a_mix_become_the_engines() -> None:
    assert str(engine_mix(parse_mix("Alloy(2)+af_sky-marin"))) == "am_adam(2)+af_sky-af_heart"


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
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def pause(reached: Event, resume: Event) -> None:
    reached.set()
    resume.wait()


class Known:
    """A list of voices, with its engine and its clock."""

    def __init__(self) -> None:
        self.engine, self.clock = Engine(), Clock()
        self.voices = VoiceList(self.engine.ask, self.clock)

    def after(self, seconds: float) -> tuple[str, ...]:
        self.clock.now += seconds
        return self.voices.all()


def test_the_engine_is_asked_once_a_minute() -> None:
    known = Known()

    listed = [known.after(0), known.after(REFRESH_S - 1), known.after(1)]

    assert listed == [("af_sky",)] * 3
    assert known.engine.asked == 2


def test_the_last_list_is_used_while_the_engine_is_down() -> None:
    known = Known()
    known.after(0)
    known.engine.up = False

    assert known.after(10 * REFRESH_S) == ("af_sky",)


def test_the_list_is_empty_while_the_engine_has_never_answered() -> None:
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


def test_an_engine_that_is_up_again_lists_its_voices_of_now() -> None:
    known = Known()
    known.engine.up = False
    known.after(0)
    known.engine.up = True

    assert known.after(VOICE_LIST.first_wait_s) == ("af_sky",)


def test_only_a_recent_list_is_fresh() -> None:
    known = Known()
    before = known.voices.fresh()
    known.after(0)
    recent = known.voices.fresh()
    known.clock.now = REFRESH_S

    assert (before, recent, known.voices.fresh()) == ((), ("af_sky",), ())
    assert known.engine.asked == 1


def test_a_request_uses_the_old_list_while_another_asks() -> None:
    known, asking, resume = Known(), Event(), Event()
    known.after(0)
    known.engine.voices = ("af_bella",)
    known.engine.during = partial(pause, asking, resume)

    with ThreadPoolExecutor() as threads:
        first = threads.submit(known.after, REFRESH_S)
        asking.wait()
        second = known.voices.all()
        resume.set()

    assert second == ("af_sky",)
    assert first.result() == ("af_bella",)
    assert known.engine.asked == 2


def test_simultaneous_requests_ask_once() -> None:
    known, together = Known(), Barrier(4)

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(lambda: (together.wait(), known.voices.all())) for _ in range(4)]
        lists = {answer.result()[1] for answer in asking}

    assert lists == {("af_sky",)}
    assert known.engine.asked == 1
