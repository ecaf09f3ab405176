"""Names inside a kept result, given others."""

import re
from collections.abc import Callable, Mapping
from typing import Any


def rewritten(json: Any, text: Callable[[str], str]) -> Any:
    """The same JSON with other texts, keys included."""
    if isinstance(json, str):
        return text(json)
    if isinstance(json, list | tuple):
        return [rewritten(item, text) for item in json]
    if isinstance(json, Mapping):
        return {text(str(key)): rewritten(item, text) for key, item in json.items()}
    return json


def renaming(names: Mapping[str, str]) -> Callable[[str], str]:
    """Another name for each of these, in whatever case it stands."""
    folded = {name.casefold(): new for name, new in names.items()}
    return lambda text: folded.get(text.casefold(), text)


def mention_of(name: str) -> "re.Pattern[str]":
    """A name as file names spell it: `ana_ruiz`, `Ana-Ruiz`, `Ana Ruiz`; not inside a word."""
    words = map(re.escape, name.split())
    return re.compile(r"(?<![^\W_])" + r"[\W_]*".join(words) + r"(?![^\W_])", re.IGNORECASE)


def storable(text: str) -> str:
    """Text without NUL, which Postgres refuses."""
    return text.replace("\x00", "")
