"""The catalogue of models: this gateway's names for them, and those of OpenAI's clients."""

from collections.abc import Sequence

from audio.engines.speech_voices import CURATED_VOICES, describe_voice, list_voices
from audio.media.encoding import SPEECH_TYPES

STT_MODEL = "parakeet-tdt-0.6b-v3"
TTS_MODEL = "kokoro"
SPEECH_FORMATS = tuple(SPEECH_TYPES)
# A constant, because clients use it as a cache key and no creation time of the models is known.
CREATED = 1767225600

STT_ALIASES = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-transcribe",
    "gpt-4o-transcribe-diarize",
)
TTS_ALIASES = (
    "tts-1",
    "tts-1-hd",
    "gpt-4o-mini-tts",
    "gpt-4o-mini-tts-2025-03-20",
    "gpt-4o-mini-tts-2025-12-15",
)
# Accepted, but not listed: names of the same models in other products.
OTHER_STT_NAMES = ("parakeet", "nvidia/parakeet-tdt-0.6b-v3")
OTHER_TTS_NAMES = ("hexgrad/kokoro-82m",)


def list_models(voices: Sequence[str]) -> list[dict[str, object]]:
    """List the STT model, curated voices, the engine's other voices, then OpenAI's names."""
    return [
        _stt(STT_MODEL, owned_by="nvidia"),
        *(_curated(voice) for voice in CURATED_VOICES),
        *(_voice(voice) for voice in voices if voice not in CURATED_VOICES),
        _tts(TTS_MODEL, owned_by="kokoro"),
        *(_tts(name, owned_by="openai") for name in TTS_ALIASES),
        *(_stt(name, owned_by="openai") for name in STT_ALIASES),
    ]


def describe_model(name: str, voices: Sequence[str]) -> dict[str, object] | None:
    """Describe a model by any accepted name, a speech model with its voices; None if unknown."""
    entries = {str(entry["id"]): entry for entry in list_models(voices)}
    if is_tts_model(name):
        described = [describe_voice(voice) for voice in list_voices(voices)]
        return entries.get(name, _tts(name, owned_by="kokoro")) | {"voices": described}
    if is_stt_model(name):
        return entries.get(name, _stt(name, owned_by="nvidia"))
    return entries[name] | {"voices": [describe_voice(name)]} if name in entries else None


def list_speech_models() -> list[dict[str, str]]:
    """List the names of the models that turn text into speech."""
    return [{"id": name, "name": name} for name in (TTS_MODEL, *TTS_ALIASES)]


def is_stt_model(name: str) -> bool:
    """Return whether a model of this name turns speech into text."""
    return name.lower() in (STT_MODEL, *STT_ALIASES, *OTHER_STT_NAMES)


def is_tts_model(name: str) -> bool:
    """Return whether a model of this name turns text into speech."""
    return name.lower() in (TTS_MODEL, *TTS_ALIASES, *OTHER_TTS_NAMES)


def _model(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "object": "model", "created": CREATED, **more}


def _stt(name: str, *, owned_by: str) -> dict[str, object]:
    return _model(name, owned_by=owned_by, kind="stt", task="automatic-speech-recognition")


def _tts(name: str, *, owned_by: str) -> dict[str, object]:
    return _model(name, owned_by=owned_by, kind="tts", task="text-to-speech")


def _voice(voice: str) -> dict[str, object]:
    language = describe_voice(voice).get("language")
    return _tts(voice, owned_by="kokoro") | ({"language": language} if language else {})


def _curated(voice: str) -> dict[str, object]:
    display_name, language = CURATED_VOICES[voice]
    return _voice(voice) | {"display_name": display_name, "language": language, "curated": True}
