"""The names of models."""

import pytest

from audio.api.catalogue import is_stt_model, is_tts_model, list_models
from audio.engines.languages import language_code

STT_NAMES = [str(model["id"]) for model in list_models([]) if model["kind"] == "stt"]


@pytest.mark.parametrize(
    "name", [*STT_NAMES, "parakeet", "nvidia/parakeet-tdt-0.6b-v3", "Whisper-1"]
)
def test_a_name_for_speech_to_text_is_known(name: str) -> None:
    assert is_stt_model(name)
    assert not is_tts_model(name)


@pytest.mark.parametrize("name", ["kokoro", "tts-1", "hexgrad/Kokoro-82M", "bm_george", ""])
def test_a_speech_model_or_voice_is_not_a_model_for_speech_to_text(name: str) -> None:
    assert not is_stt_model(name)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("English", "en"),
        ("eng", "en"),
        ("deu", "de"),
        ("ger", "de"),
        ("fre", "fr"),
        ("chi", "zh"),
        ("cmn", "zh"),
        ("zh-Hant", "zh"),
        ("jpn", "ja"),
        ("yue", "yue"),
        ("auto", ""),
        ("AUTO", ""),
        ("", ""),
        ("klingon", "klingon"),
    ],
)
def test_a_language_has_the_code_that_engines_expect(given: str, code: str) -> None:
    assert language_code(given) == code
