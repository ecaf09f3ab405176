"""What the server says about itself where engines are missing, and in which languages."""

from threading import Event

from pytest_django import Settings

from audio.wyoming.information import information, known_voices


def test_without_engines_nothing_is_offered(settings: Settings) -> None:
    settings.PARAKEET_URL = settings.KOKORO_URL = ""

    assert (information().asr, information().tts) == ([], [])


def test_the_languages_are_those_of_the_settings(settings: Settings) -> None:
    settings.PARAKEET_URL, settings.WYOMING_LANGUAGES = "http://127.0.0.1:1", ["ja"]

    assert information().asr[0].models[0].languages == ["ja"]


def test_a_list_of_voices_that_does_not_come_is_not_waited_for() -> None:
    listed = Event()

    def ask() -> tuple[str, ...]:
        listed.wait()
        return ("af_sky",)

    found = known_voices(ask)
    listed.set()

    assert found == ()
    assert known_voices(lambda: ("af_sky",)) == ("af_sky",)
