"""The catalogue of models: this gateway's names for them, and those of OpenAI's clients."""

from collections.abc import Sequence

from audio.api import model_names
from audio.api.model_names import STT_ALIASES, STT_MODEL, TTS_ALIASES, TTS_MODEL
from audio.engines.speech_voices import CURATED_VOICES, describe_voice, list_voices
from audio.media.speech.speech_encoding import SPEECH_TYPES

SPEECH_FORMATS = tuple(SPEECH_TYPES)
# A constant, because clients use it as a cache key and no creation time of the models is known.
CREATED = 1767225600


def list_models(voices: Sequence[str]) -> list[dict[str, object]]:
    """List the STT model, curated voices, the engine's other voices, OpenAI's names, aliases."""
    return [
        _stt(STT_MODEL, owned_by="nvidia"),
        *(_curated(voice) for voice in CURATED_VOICES),
        *(_voice(voice) for voice in voices if voice not in CURATED_VOICES),
        _tts(TTS_MODEL, owned_by="kokoro"),
        *(_tts(name, owned_by="openai") for name in TTS_ALIASES),
        *(_stt(name, owned_by="openai") for name in STT_ALIASES),
        *(_alias(name) for name in model_names.aliases()),
    ]


def describe_model(name: str, voices: Sequence[str]) -> dict[str, object] | None:
    """Describe a model by any accepted name, a speech model with its voices; None if unknown."""
    entries = {str(entry["id"]): entry for entry in list_models(voices)}
    if model_names.is_tts_model(name):
        described = [describe_voice(voice) for voice in list_voices(voices)]
        return entries.get(name, _tts(name, owned_by="kokoro")) | {"voices": described}
    if model_names.is_stt_model(name):
        return entries.get(name, _stt(name, owned_by="nvidia"))
    voice = {"voices": [describe_voice(model_names.resolve(name))]}
    return entries[name] | voice if name in entries else None


def list_speech_models() -> list[dict[str, str]]:
    """List the names of the models that turn text into speech."""
    aliases = (name for name in model_names.aliases() if not model_names.is_stt_model(name))
    return [{"id": name, "name": name} for name in (TTS_MODEL, *TTS_ALIASES, *aliases)]


def _model(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "object": "model", "created": CREATED, **more}


def _stt(name: str, *, owned_by: str) -> dict[str, object]:
    return _model(name, owned_by=owned_by, kind="stt", task="automatic-speech-recognition")


def _tts(name: str, *, owned_by: str) -> dict[str, object]:
    return _model(name, owned_by=owned_by, kind="tts", task="text-to-speech")


def _alias(name: str) -> dict[str, object]:
    kind = _stt if model_names.is_stt_model(name) else _tts
    return kind(name, owned_by="spark-control")


def _voice(voice: str) -> dict[str, object]:
    language = describe_voice(voice).get("language")
    return _tts(voice, owned_by="kokoro") | ({"language": language} if language else {})


def _curated(voice: str) -> dict[str, object]:
    display_name, language = CURATED_VOICES[voice]
    return _voice(voice) | {"display_name": display_name, "language": language, "curated": True}
