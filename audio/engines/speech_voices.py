"""What voices are called, here, by OpenAI and by Kokoro, and what their names tell."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

LONGEST = 200

_ITEM = r"[A-Za-z0-9_]+(?:\((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\))?"
_MIX = re.compile(rf"{_ITEM}(?:[+-]{_ITEM})*")
_PARTS = re.compile(r"(?P<sign>[+-]?)(?P<name>[A-Za-z0-9_]+)(?:\((?P<weight>[0-9.]+)\))?")


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One voice of a mix, with its sign and its weight as they were written."""

    name: str
    sign: str = ""
    weight: str = ""

    def __str__(self) -> str:
        return f"{self.sign}{self.name}" + (f"({self.weight})" if self.weight else "")


@dataclass(frozen=True, slots=True)
class VoiceMix:
    """A voice, or several that are mixed."""

    ingredients: tuple[Ingredient, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Whose voices these are."""
        return tuple(ingredient.name for ingredient in self.ingredients)

    def renamed(self, rename: Callable[[str], str]) -> "VoiceMix":
        """Give the same mix of voices under other names."""
        return VoiceMix(tuple(replace(i, name=rename(i.name)) for i in self.ingredients))

    def __str__(self) -> str:
        return "".join(map(str, self.ingredients))


def parse_mix(text: str) -> VoiceMix:
    """Read a voice or a mix of voices.

    Raises
    ------
    ValueError
        Saying what is expected.
    """
    packed = "".join(text.split())
    if len(packed) > LONGEST or not _MIX.fullmatch(packed):
        raise ValueError("expected a voice, or a mix such as af_bella(2)+af_sky(1).")
    ingredients = tuple(
        Ingredient(part["name"], part["sign"], part["weight"] or "")
        for part in _PARTS.finditer(packed)
    )
    if not all(0 < float(i.weight or 1) < math.inf for i in ingredients):
        raise ValueError("the weights of a mix of voices must be greater than 0.")
    return VoiceMix(ingredients)


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
