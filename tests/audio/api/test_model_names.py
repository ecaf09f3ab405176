"""The names of models."""

import pytest
from django.test import override_settings

from audio.api.catalogue import list_models
from audio.api.model_names import is_stt_model, is_tts_model, resolve

LISTED = {str(model["id"]): model["kind"] for model in list_models([])}
STT_NAMES = [name for name, kind in LISTED.items() if kind == "stt"]
FOREIGN_STT = [
    "whisper-large-v3",
    "whisper-large-v3-turbo",
    "distil-whisper-large-v3-en",
    "openai/whisper-large-v3",
    "Systran/faster-whisper-large-v3",
    "Systran/faster-distil-whisper-small.en",
    "deepdml/faster-whisper-large-v3-turbo-ct2",
    "distil-whisper/distil-large-v3.5-ct2",
    "openai/gpt-4o-transcribe",
    "istupakov/parakeet-tdt-0.6b-v3-onnx",
    "nvidia/parakeet-tdt-0.6b-v2",
]
FOREIGN_TTS = [
    "kokoro-82m",
    "speaches-ai/Kokoro-82M-v1.0-ONNX",
    "speaches-ai/Kokoro-82M-v1.0-ONNX-int8",
    "openai/tts-1",
]
ALIASES = ["Narrator=bm_george", "asr-large=whisper-1", "duo=af_bella(2)+af_sky"]


@pytest.mark.parametrize(
    "name",
    [*STT_NAMES, *FOREIGN_STT, "parakeet", "nvidia/parakeet-tdt-0.6b-v3", "Whisper-1"],
)
def test_a_name_for_speech_to_text_is_known(name: str) -> None:
    assert is_stt_model(name)
    assert not is_tts_model(name)


@pytest.mark.parametrize(
    "name", [*FOREIGN_TTS, "kokoro", "tts-1", "hexgrad/Kokoro-82M", "gpt-realtime-2.1-mini"]
)
def test_a_name_for_text_to_speech_is_known(name: str) -> None:
    assert is_tts_model(name)
    assert not is_stt_model(name)


@pytest.mark.parametrize(
    "name", ["bm_george", "", "gpt-5", "whisperer", "kokoros", "a/b/whisper-1", "whisper-1\n.."]
)
def test_another_name_is_no_model(name: str) -> None:
    assert not is_stt_model(name)
    assert not is_tts_model(name)


@pytest.mark.parametrize("name", [*FOREIGN_STT, *FOREIGN_TTS])
def test_a_name_of_another_server_is_unknown_when_models_are_strict(name: str) -> None:
    with override_settings(STRICT_MODELS=True):
        assert not is_stt_model(name)
        assert not is_tts_model(name)


@pytest.mark.parametrize("name", [*STT_NAMES, "parakeet", "nvidia/parakeet-tdt-0.6b-v3"])
def test_an_own_name_is_known_when_models_are_strict(name: str) -> None:
    with override_settings(STRICT_MODELS=True):
        assert is_stt_model(name)


@pytest.mark.parametrize(
    ("name", "model"),
    [("narrator", "bm_george"), ("ASR-Large", "whisper-1"), ("whisper-1", "whisper-1")],
)
def test_an_alias_means_its_model(name: str, model: str) -> None:
    with override_settings(MODEL_ALIASES=ALIASES):
        assert resolve(name) == model


def test_aliases_are_listed_last_with_their_kind() -> None:
    with override_settings(MODEL_ALIASES=ALIASES, STRICT_MODELS=True):
        listed = [(model["id"], model["kind"]) for model in list_models([])]

    assert listed[-3:] == [("narrator", "tts"), ("asr-large", "stt"), ("duo", "tts")]
