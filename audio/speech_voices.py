"""What voices are called, here, by OpenAI and by Kokoro, and what their names tell."""

import re
from collections.abc import Iterable

from audio.voice_mix import VoiceMix

CURATED_VOICES = {
    "bm_george": ("George (British male, narrator-style)", "en-GB"),
    "bf_emma": ("Emma (British female, audiobook-style)", "en-GB"),
    "am_michael": ("Michael (American male, warm narrator)", "en-US"),
    "af_heart": ("Heart (American female, warm and balanced)", "en-US"),
}

# Kokoro-FastAPI knows the first nine by these voices; the last four are ours, by how OpenAI
# describes them.
OPENAI_VOICES = {
    "alloy": "am_adam",
    "ash": "af_nicole",
    "coral": "bf_emma",
    "echo": "af_bella",
    "fable": "af_sarah",
    "onyx": "bm_george",
    "nova": "bf_isabella",
    "sage": "am_michael",
    "shimmer": "af_sky",
    "ballad": "bm_fable",
    "verse": "am_puck",
    "marin": "af_heart",
    "cedar": "am_fenrir",
}

# Every Kokoro has these, whether or not it has told its catalogue.
STANDARD_VOICES = frozenset({*CURATED_VOICES, *OPENAI_VOICES.values()})

_LANGUAGES = {
    "a": "en-US",
    "b": "en-GB",
    "e": "es",
    "f": "fr-FR",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-BR",
    "z": "zh",
}
_GENDERS = {"f": "female", "m": "male"}
_SCHEME = re.compile(r"(?P<language>[abefhijpz])(?P<gender>[fm])_[A-Za-z0-9_]+")


def engine_name(name: str) -> str:
    """Translate an OpenAI voice name into one of the engine's."""
    return OPENAI_VOICES.get(name.lower(), name)


def engine_mix(mix: VoiceMix) -> VoiceMix:
    """Translate the OpenAI names of a mix."""
    return mix.renamed(engine_name)


def is_named_like_one(name: str) -> bool:
    """Whether this follows Kokoro's scheme: language, gender, name."""
    return _SCHEME.fullmatch(name) is not None


def listed(voices: Iterable[str]) -> list[str]:
    """List the engine's voices (the curated ones when it has none to tell), then OpenAI's."""
    return list(dict.fromkeys([*(voices or CURATED_VOICES), *OPENAI_VOICES]))


def described(name: str) -> dict[str, str]:
    """Describe a voice, as far as its name tells. Clients send `name` back to have it speak."""
    return {"id": name, "name": name, **_traits(engine_name(name))}


def _traits(name: str) -> dict[str, str]:
    if (scheme := _SCHEME.fullmatch(name)) is None:
        return {}
    return {
        "language": _LANGUAGES[scheme["language"]],
        "gender": _GENDERS[scheme["gender"]],
    }
