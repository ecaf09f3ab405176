"""Speech holds one slot of its engine until it is closed."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from audio.engines import roles
from audio.engines.dialects import speech_stream
from audio.engines.dialects.speech_stream import SpeechStream, Utterance
from audio.engines.failures import EngineError
from tests.engine_answers import SPEAK
from tests.faults import Answer, FaultServer, breakages

SPOKEN = Answer(pieces=(b"RIFF", b"more"), content_type="audio/wav")


@pytest.fixture
def speak(faults: FaultServer, settings: Settings) -> Callable[[Answer], SpeechStream]:
    """Return a function that asks an engine which gives this answer."""
    settings.KOKORO_URL = faults.url

    def ask(answer: Answer) -> SpeechStream:
        faults.break_with(SPEAK, answer)
        return roles.speak(Utterance("Hi", "bm_george", "wav", {}))

    return ask


Speak = Callable[[Answer], SpeechStream]


def slots_in_use() -> int:
    return roles.configured("speech").pool.first.engine.slots.in_use


def test_speech_holds_a_slot(speak: Speak) -> None:
    stream = speak(SPOKEN)

    assert slots_in_use() == 1
    stream.close()


def test_speech_that_is_never_read_gives_its_slot_back(speak: Speak) -> None:
    speak(SPOKEN).close()

    assert slots_in_use() == 0


def test_speech_that_is_closed_in_the_middle_gives_its_slot_back(speak: Speak) -> None:
    stream = speak(SPOKEN)
    next(iter(stream))

    stream.close()

    assert slots_in_use() == 0


def test_speech_that_is_closed_twice_gives_one_slot_back(speak: Speak) -> None:
    stream = speak(SPOKEN)

    stream.close()
    stream.close()

    assert slots_in_use() == 0


@pytest.mark.parametrize(
    "answer",
    [breakages.WEDGED, breakages.RESET, breakages.NO_JSON, Answer(content_type="audio/wav")],
    ids=["500", "reset", "JSON", "nothing"],
)
def test_speech_that_fails_gives_its_slot_back(speak: Speak, answer: Answer) -> None:
    with pytest.raises(EngineError):
        speak(answer)

    assert slots_in_use() == 0


def test_speech_without_an_end_is_cut(speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_stream, "MAX_SPEECH_BYTES", 1_000_000)
    stream = speak(Answer(pieces=breakages.ENDLESS.pieces, content_type="audio/wav"))

    with pytest.raises(EngineError, match="does not end"):
        list(stream)
    stream.close()
