"""The names under which clients ask for the two models, and the aliases of the settings.

Every OpenAI name for speech to text means the model of the words role, every name for text
to speech that of the speech role. So do the names of the same families at other servers, unless
STRICT_MODELS is set. MODEL_ALIASES adds further names.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from django.conf import settings

from audio.engines.speech_voices import (
    STANDARD_VOICES,
    engine_name,
    has_kokoro_scheme,
    parse_mix,
)

STT_MODEL = "parakeet-tdt-0.6b-v3"
TTS_MODEL = "kokoro"
# OpenAI's names of files' and of live transcription, old ones first.
STT_ALIASES = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-03-20",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-realtime-whisper",
)
# The last is the replacement that OpenAI names for the others, which at OpenAI has no speech
# endpoint.
TTS_ALIASES = (
    "tts-1",
    "tts-1-1106",
    "tts-1-hd",
    "tts-1-hd-1106",
    "gpt-4o-mini-tts",
    "gpt-4o-mini-tts-2025-03-20",
    "gpt-4o-mini-tts-2025-12-15",
    "gpt-realtime-2.1-mini",
)
# Accepted, but not listed: the names of the same two models in other products.
OTHER_STT_NAMES = ("parakeet", f"nvidia/{STT_MODEL}")
OTHER_TTS_NAMES = ("hexgrad/kokoro-82m",)
# The families of models that clients of other servers ask for, with or without an owner:
# whisper-large-v3-turbo, Systran/faster-whisper-small.en, speaches-ai/Kokoro-82M-v1.0-ONNX.
_OWNER = r"(?:[\w.-]+/)?"
_STT_FAMILIES = re.compile(
    rf"{_OWNER}(?:(?:faster|distil)-){{0,2}}whisper(?:-[\w.]+)*|distil-whisper/distil-[\w.-]+"
    rf"|{_OWNER}parakeet(?:-[\w.]+)*",
    re.ASCII,
)
_TTS_FAMILIES = re.compile(rf"{_OWNER}kokoro(?:-[\w.]+)*", re.ASCII)
# LiteLLM and OpenRouter put the provider before a model's name.
_PROVIDER = "openai/"


def resolve(name: str) -> str:
    """Return the model or the voice that an alias of the settings means; else the name."""
    return aliases().get(name.strip().lower(), name.strip())


def is_stt_model(name: str) -> bool:
    """Return whether a model of this name turns speech into text."""
    return _is_model(resolve(name), (STT_MODEL, *STT_ALIASES, *OTHER_STT_NAMES), _STT_FAMILIES)


def is_tts_model(name: str) -> bool:
    """Return whether a model of this name turns text into speech."""
    return _is_model(resolve(name), (TTS_MODEL, *TTS_ALIASES, *OTHER_TTS_NAMES), _TTS_FAMILIES)


def aliases() -> dict[str, str]:
    """Return the names of MODEL_ALIASES, in lower case, and what each means."""
    return _parsed(tuple(settings.MODEL_ALIASES))


def alias_problems(entries: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with entries of MODEL_ALIASES."""
    names = set[str]()
    for number, entry in enumerate(entries, start=1):
        name, _, model = (part.strip() for part in entry.partition("="))
        if not name or not model:
            yield f"entry {number}: expected name=model"
        elif name.lower() in (*names, *_listed()):
            yield f"entry {number}: {name!r} is a model's name already"
        elif not _is_served(model):
            yield f"entry {number}: {model!r} is not a model or voice of this gateway"
        names.add(name.lower())


@lru_cache(maxsize=8)
def _parsed(entries: tuple[str, ...]) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in entries)
    return {name.strip().lower(): model.strip() for name, _, model in pairs}


def _is_model(name: str, known: Sequence[str], family: re.Pattern[str]) -> bool:
    lower = name.lower()
    if lower in known:
        return True
    is_known_elsewhere = family.fullmatch(lower) or lower.removeprefix(_PROVIDER) in known
    return bool(is_known_elsewhere) and not settings.STRICT_MODELS


def _listed() -> tuple[str, ...]:
    return (STT_MODEL, TTS_MODEL, *STT_ALIASES, *TTS_ALIASES)


def _is_served(model: str) -> bool:
    known = (*_listed(), *OTHER_STT_NAMES, *OTHER_TTS_NAMES)
    return model.lower() in known or _may_be_voices(model)


def _may_be_voices(model: str) -> bool:
    """Whether these are voices' names, as far as it is known without the engine's list."""
    try:
        names = parse_mix(model).renamed(engine_name).names
    except ValueError:
        return False
    return all(name in STANDARD_VOICES or has_kokoro_scheme(name) for name in names)
