"""Voiceprints as a file: in the shape of `known_voiceprints`, with the space they belong to.

    {"space": "titanet@1", "voiceprints": {"Ana Ruiz": [[…], […]], "Ben Okafor": [[…]]}}

Read is also what label-merge takes as `known_voiceprints`, {"Ana Ruiz": […]}, when somebody says
which space that is of.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from audio.merge.values import Embedding
from voiceprints.models import DIMENSION

LARGEST = 1e6


@dataclass(frozen=True, slots=True)
class NamedVoiceprints:
    """All prints of one person, by name."""

    name: str
    vectors: tuple[Embedding, ...]


@dataclass(frozen=True, slots=True)
class VoiceprintFile:
    """Prints of several people in one space."""

    space: str
    people: tuple[NamedVoiceprints, ...]


def dump_voiceprint_file(exchange: VoiceprintFile) -> str:
    """The file, one print per line."""
    lines = ",\n".join(_line(person) for person in exchange.people)
    return f'{{"space": {json.dumps(exchange.space)}, "voiceprints": {{\n{lines}\n}}}}\n'


def parse_voiceprint_file(text: str, *, space: str | None = None) -> VoiceprintFile:
    """What a file holds; `space` for a file that does not say it.

    Raises
    ------
    ValueError
        A sentence that names the place and what was expected there.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The file is not JSON.") from None
    if not isinstance(given, dict):
        raise ValueError("Expected an object: space and voiceprints, or names and numbers.")
    told = given.get("space") if "voiceprints" in given else None
    people = given.get("voiceprints", given)
    if not isinstance(people, dict):
        raise ValueError("voiceprints: expected an object of names and numbers.")
    return VoiceprintFile(_space(told, space), tuple(_people(people)))


def _line(person: NamedVoiceprints) -> str:
    rows = ",\n".join(json.dumps(vector.tolist()) for vector in person.vectors)
    return f"{json.dumps(person.name, ensure_ascii=False)}: [\n{rows}]"


def _space(told: object, given: str | None) -> str:
    if told is not None and (not isinstance(told, str) or not told.strip()):
        raise ValueError("space: expected the name of the embedding model.")
    if told is not None and given is not None and told.strip() != given.strip():
        raise ValueError(f"space: the file says {told!r}, you say {given!r}.")
    if told is None and not (given or "").strip():
        raise ValueError("The file does not say which space its prints belong to: say it.")
    return str(told or given).strip()


def _people(given: Mapping[str, object]) -> Iterator[NamedVoiceprints]:
    for name, prints in given.items():
        nested = isinstance(prints, list) and prints and isinstance(prints[0], list)
        rows: Iterable[object] = prints if nested else [prints]  # type: ignore[assignment]
        yield NamedVoiceprints(name, tuple(_vector(name, row) for row in rows))


def _vector(name: str, row: object) -> Embedding:
    numbers = row if isinstance(row, list) else []
    if len(numbers) != DIMENSION or not all(map(_is_number, numbers)):
        raise ValueError(
            f"voiceprints[{name[:80]!r}]: expected {DIMENSION} finite numbers, or lists of them."
        )
    return np.array(numbers, dtype=np.float64)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST
