"""The voices of the speech engine: their names, here and at OpenAI, and which ones it has."""

import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Lock

from audio.engines import roles
from audio.engines.failures import EngineError
from audio.retries import VOICE_LIST

MAX_CHARACTERS = 200

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
    """A voice, or a mix of several."""

    ingredients: tuple[Ingredient, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the voices, in the order of the mix."""
        return tuple(ingredient.name for ingredient in self.ingredients)

    def renamed(self, rename: Callable[[str], str]) -> "VoiceMix":
        """Return the same mix with the voices renamed."""
        return VoiceMix(tuple(replace(i, name=rename(i.name)) for i in self.ingredients))

    def __str__(self) -> str:
        return "".join(map(str, self.ingredients))


def parse_mix(text: str) -> VoiceMix:
    """Read a voice or a mix of voices.

    Raises
    ------
    ValueError
        The message says what a mix looks like.
    """
    packed = "".join(text.split())
    if len(packed) > MAX_CHARACTERS or not _MIX.fullmatch(packed):
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

# Kokoro-FastAPI maps the first nine names to these voices; the gateway maps the last four, by
# OpenAI's descriptions.
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

# Every Kokoro has these, whether or not it has sent its catalogue.
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
    """Translate an OpenAI voice name into one of Kokoro's; other engines have their own."""
    if roles.is_configured("speech") and roles.configured("speech").dialect.is_foreign:
        return name
    return OPENAI_VOICES.get(name.lower(), name)


def engine_mix(mix: VoiceMix) -> VoiceMix:
    """Translate the OpenAI names of a mix."""
    return mix.renamed(engine_name)


def has_kokoro_scheme(name: str) -> bool:
    """Whether a name follows Kokoro's scheme: language, gender, name."""
    return _SCHEME.fullmatch(name) is not None


def list_voices(voices: Iterable[str]) -> list[str]:
    """List the engine's voices, or the curated ones while it has sent none; then OpenAI's."""
    return list(dict.fromkeys([*(voices or CURATED_VOICES), *OPENAI_VOICES]))


def describe_voice(name: str) -> dict[str, str]:
    """Describe a voice by its name. Clients send `name` back to have it speak."""
    return {"id": name, "name": name, **_traits(engine_name(name))}


def _traits(name: str) -> dict[str, str]:
    if (scheme := _SCHEME.fullmatch(name)) is None:
        return {}
    return {
        "language": _LANGUAGES[scheme["language"]],
        "gender": _GENDERS[scheme["gender"]],
    }


# Home Assistant lists the models every minute, with many requests together after a restart; and an
# engine that is down takes seconds to fail.
REFRESH_S = 60.0


class VoiceList:
    """The engine's list of voices: asked for again when it is old, reused while it is down."""

    def __init__(
        self,
        ask: Callable[[], tuple[str, ...]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._clock = ask, clock
        self._voices: tuple[str, ...] = ()
        self._answered_at = self._ask_at = -math.inf
        self._asking = Lock()

    def all(self) -> tuple[str, ...]:
        """Return every voice; none while the engine has not answered yet."""
        # One request asks; the others wait for it only while there is no older list.
        if self._is_due() and self._asking.acquire(blocking=not self._voices):
            try:
                if self._is_due():
                    self._refresh()
            finally:
                self._asking.release()
        return self._voices

    def fresh(self) -> tuple[str, ...]:
        """Return every voice if the engine listed them within REFRESH_S, else none."""
        return self._voices if self._clock() < self._answered_at + REFRESH_S else ()

    def _is_due(self) -> bool:
        return self._clock() >= self._ask_at

    def _refresh(self) -> None:
        try:
            self._voices = self._ask()
        except EngineError:
            self._ask_at = self._clock() + VOICE_LIST.first_wait_s
        else:
            self._answered_at = self._clock()
            self._ask_at = self._answered_at + REFRESH_S


VOICES = VoiceList(roles.list_voices)
