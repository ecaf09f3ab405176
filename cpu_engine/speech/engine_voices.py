"""The voices: by name, by OpenAI's name, or as a mix such as ``af_bella(2)+af_sky(1)``.

Grammar: ``item (("+" | "-") item)*`` with ``item = name | name "(" weight ")"``, as in
Kokoro-FastAPI. Weights are divided by their sum; ``-`` subtracts.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cpu_engine.http.errors import BadRequest

# One style per number of tokens, 1 to 510, each a vector of 256 numbers.
STYLE_SHAPE = (510, 256)
# The OpenAI names that Kokoro-FastAPI knows since 0.6.0.
OPENAI_NAMES = {
    "alloy": "am_adam",
    "ash": "af_nicole",
    "coral": "bf_emma",
    "echo": "af_bella",
    "fable": "af_sarah",
    "onyx": "bm_george",
    "nova": "bf_isabella",
    "sage": "am_michael",
    "shimmer": "af_sky",
}
_ITEM = re.compile(r"(?P<sign>^|[+-])(?P<name>\w+)(?:\((?P<weight>\d*\.?\d+)\))?", re.ASCII)

Style = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One voice of a mix; a negative weight is subtracted."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Voice:
    """A mix of one or more voices whose weights add up to 1 without their signs."""

    ingredients: tuple[Ingredient, ...]

    @property
    def british(self) -> bool:
        """Whether the first voice is British. Its language is the first letter of its name."""
        return self.ingredients[0].name.startswith("b")


def parse_voice(text: str, known: Collection[str]) -> Voice:
    """Understand the name of a voice or a mix of voices.

    Raises
    ------
    BadRequest
        When a name is not known or the text is not a mix.
    """
    packed = re.sub(r"\s+", "", text)
    items = list(_ITEM.finditer(packed))
    if not items or "".join(item[0] for item in items) != packed:
        raise BadRequest(f"The voice {text[:80]!r} is not a name or a mix such as 'a(2)+b(1)'.")
    weights = [float(item["weight"] or 1) for item in items]
    if min(weights) <= 0 or not np.isfinite(sum(weights)):
        raise BadRequest("The weights of a voice mix must be greater than 0.")
    return Voice(
        tuple(
            Ingredient(_known(item["name"], known), _signed(item["sign"], weight / sum(weights)))
            for item, weight in zip(items, weights, strict=True)
        )
    )


def style_of(voice: Voice, folder: Path) -> Style:
    """Mix the styles of a voice: (510, 256)."""
    mixed = np.zeros(STYLE_SHAPE, np.float32)
    for ingredient in voice.ingredients:
        mixed += np.float32(ingredient.weight) * _read_style(folder / f"{ingredient.name}.bin")
    return mixed


@cache
def _read_style(path: Path) -> Style:
    return np.fromfile(path, "<f4").reshape(STYLE_SHAPE)


def _known(name: str, known: Collection[str]) -> str:
    name = OPENAI_NAMES.get(name, name)
    if name not in known:
        raise BadRequest(f"The voice {name[:80]!r} is not known; GET /v1/audio/voices lists them.")
    return name


def _signed(sign: str, weight: float) -> float:
    return -weight if sign == "-" else weight
