"""The probes of engines, and what they find."""

import pytest
from pytest_django.fixtures import Settings

from audio.engines.recovery.probes import probe
from tests.audio.engines.recovery.engine import CUDA, DIARIZE, tone
from tests.engine_answers import DIARIZATION, SPEAK, TRANSCRIBE
from tests.faults import FaultServer

WAV = "audio/wav"


@pytest.mark.parametrize("name", ["parakeet", "kokoro"])
def test_an_engine_that_answers_correctly_is_ok(engine: FaultServer, name: str) -> None:
    assert probe(name).result == "ok"


def test_parakeet_is_asked_for_words_and_for_embeddings(engine: FaultServer) -> None:
    probe("parakeet")

    assert engine.paths() == [TRANSCRIBE, DIARIZE]


@pytest.mark.parametrize(
    "text", ["turn on the lights then close the blind", "TURN ON THE LIGHT THEN CLOSE"]
)
def test_a_third_of_the_words_may_be_wrong_or_missing(engine: FaultServer, text: str) -> None:
    engine.answer(TRANSCRIBE, {"text": text})

    assert probe("parakeet").result == "ok"


@pytest.mark.parametrize(
    "text", ["", "!!!!!!!!!!", "turn on the light then", "the the the the the the"]
)
def test_words_that_were_not_spoken_are_wrong(engine: FaultServer, text: str) -> None:
    engine.answer(TRANSCRIBE, {"text": text})

    assert probe("parakeet").result == "wrong"


@pytest.mark.parametrize(
    "embeddings",
    [
        {},
        {"Speaker_0": [0.0, 0.0]},
        {"Speaker_0": [1.0]},
        {"Speaker_0": [1.0, 0.0], "Speaker_1": [1.0, 0.0, 0.0]},
        {"Speaker_0": [1.0, float("nan")]},
    ],
)
def test_useless_embeddings_are_wrong(
    engine: FaultServer, embeddings: dict[str, list[float]]
) -> None:
    engine.answer(DIARIZE, DIARIZATION | {"fingerprints": embeddings})

    assert probe("parakeet").result == "wrong"


def test_an_engine_that_finds_no_speaker_is_wrong(engine: FaultServer) -> None:
    engine.answer(DIARIZE, DIARIZATION | {"segments": []})

    assert probe("parakeet").reason == "It found no speaker in the probe's recording."


def test_an_engine_that_only_transcribes_is_ok(engine: FaultServer) -> None:
    engine.answer(DIARIZE, {"detail": "Not Found"}, status=404)

    assert probe("parakeet").result == "ok"


@pytest.mark.parametrize(
    ("spoken", "reason"),
    [
        (tone(0.6, loudness=0.0), "Its speech is silent."),
        (tone(0.05), "It spoke one word for 0.1 s."),
        (tone(12.0), "It spoke one word for 12.0 s."),
        (b"RIFFnonsense", "Its speech cannot be decoded."),
    ],
)
def test_speech_that_cannot_hold_a_word_is_wrong(
    engine: FaultServer, spoken: bytes, reason: str
) -> None:
    engine.answer(SPEAK, spoken, content_type=WAV)

    assert (probe("kokoro").result, probe("kokoro").reason) == ("wrong", reason)


def test_speech_without_end_is_wrong(engine: FaultServer) -> None:
    engine.answer(SPEAK, pieces=(b"x" * 1_000_000,) * 8, content_type=WAV)

    assert probe("kokoro").result == "wrong"


def test_speech_that_trickles_is_too_late(impatient: FaultServer) -> None:
    impatient.answer(SPEAK, pieces=(b"RIFF",) * 40, pause_s=0.05, content_type=WAV)

    assert probe("kokoro").result == "timed_out"


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ({"body": CUDA, "status": 500}, "failed"),
        ({"body": {}, "status": 503}, "busy"),
        ({"body": {}, "status": 429}, "busy"),
        ({"body": {}, "status": 415}, "refused"),
        ({"body": {}, "status": 502}, "unreachable"),
        ({"body": [1]}, "wrong"),
        ({"pieces": (b'{"te',), "cut": True}, "unreachable"),
    ],
)
def test_each_failure_has_its_result(
    engine: FaultServer, script: dict[str, object], result: str
) -> None:
    engine.answer(TRANSCRIBE, **script)

    assert probe("parakeet").result == result


def test_an_engine_that_hangs_is_not_waited_for(impatient: FaultServer) -> None:
    impatient.answer(TRANSCRIBE, {}, after_s=2.0)

    assert probe("parakeet").reason == "It did not answer within 1 s."


def test_an_engine_that_answers_late_is_slow(engine: FaultServer, settings: Settings) -> None:
    settings.PROBE_SLOW_S = 0.0

    assert probe("parakeet").result == "slow"


def test_no_reason_quotes_the_engine(engine: FaultServer) -> None:
    engine.answer(TRANSCRIBE, CUDA, status=500)

    assert probe("parakeet").reason == "It answers 500."


@pytest.mark.usefixtures("engine")
def test_speech_that_is_longer_than_any_recording_is_wrong(settings: Settings) -> None:
    settings.MAX_AUDIO_S = 0.5

    assert probe("kokoro").result == "wrong"


@pytest.mark.usefixtures("engine")
def test_a_full_disk_of_the_gateway_does_not_count_against_the_engine(settings: Settings) -> None:
    settings.UPLOADS_DIR = "/proc/uploads"

    assert probe("kokoro").result == "busy"
    assert "/proc" not in probe("kokoro").reason
