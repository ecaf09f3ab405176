"""Which voice does a client name? One, or a mix of several, such as `af_bella(2)+af_sky(1)`.

The grammar is Kokoro's: `item (("+" | "-") item)*` with `item = name | name "(" weight ")"`, and
spaces count for nothing. Nothing else may pass, because the engine makes a file name of a mix.
"""

import math
import re
from collections.abc import Callable
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
