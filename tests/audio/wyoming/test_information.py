"""What the server says about itself where engines are missing, and in which languages."""

from threading import Event

from pytest_django import Settings

from audio.wyoming.information import VoicesInTime, information


def test_without_engines_nothing_is_offered(settings: Settings) -> None:
    settings.PARAKEET_URL = settings.KOKORO_URL = ""

    assert (information().asr, information().tts) == ([], [])


def test_the_languages_are_those_of_the_settings(settings: Settings) -> None:
    settings.PARAKEET_URL, settings.WYOMING_LANGUAGES = "http://127.0.0.1:1", ["ja"]

    assert information().asr[0].models[0].languages == ["ja"]


class SlowEngine:
    """An engine that lists its voices when it is let; it counts the calls."""

    def __init__(self) -> None:
        self.calls, self.may_list = 0, Event()

    def __call__(self) -> tuple[str, ...]:
        self.calls += 1
        self.may_list.wait()
        return ("af_sky",)


def test_a_list_of_voices_that_does_not_come_is_not_waited_for() -> None:
    engine = SlowEngine()
    voices = VoicesInTime(engine)

    found = voices.within(0.01)
    engine.may_list.set()

    assert found == ()
    assert voices.within(10) == ("af_sky",)


def test_clients_share_one_call_while_the_engine_hangs() -> None:
    engine = SlowEngine()
    voices = VoicesInTime(engine)

    for _ in range(20):
        voices.within(0.001)
    engine.may_list.set()

    assert voices.within(10) == ("af_sky",)
    assert engine.calls == 1


def test_voices_are_asked_for_again_once_they_have_come() -> None:
    engine = SlowEngine()
    engine.may_list.set()
    voices = VoicesInTime(engine)

    assert voices.within(10) == voices.within(10) == ("af_sky",)
    assert engine.calls == 2
