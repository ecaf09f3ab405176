"""The file format for voiceprints: `known_voiceprints` of label-merge, with their space.

    {"space": "titanet@1", "voiceprints": {"Ana Ruiz": [[…], […]], "Ben Okafor": [[…]]}}

The value of `known_voiceprints` itself, {"Ana Ruiz": […]}, can be read if the space is given.
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
    """The voiceprints of one person, by name."""

    name: str
    vectors: tuple[Embedding, ...]


@dataclass(frozen=True, slots=True)
class VoiceprintFile:
    """The voiceprints of several people in one space."""

    space: str
    people: tuple[NamedVoiceprints, ...]


def dump_voiceprint_file(file: VoiceprintFile) -> str:
    """Return the text of a file, with one voiceprint per line."""
    lines = ",\n".join(_line(person) for person in file.people)
    return f'{{"space": {json.dumps(file.space)}, "voiceprints": {{\n{lines}\n}}}}\n'


def parse_voiceprint_file(text: str, *, space: str | None = None) -> VoiceprintFile:
    """Parse the text of a file; `space` is for a file that does not name its space.

    Raises
    ------
    ValueError
        The message names the field and what was expected.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The file is not JSON.") from None
    if not isinstance(given, dict):
        raise ValueError("Expected an object: space and voiceprints, or names and numbers.")
    named = given.get("space") if "voiceprints" in given else None
    people = given.get("voiceprints", given)
    if not isinstance(people, dict):
        raise ValueError("voiceprints: expected an object of names and numbers.")
    return VoiceprintFile(_space(named, space), tuple(_people(people)))


def _line(person: NamedVoiceprints) -> str:
    rows = ",\n".join(json.dumps(vector.tolist()) for vector in person.vectors)
    return f"{json.dumps(person.name, ensure_ascii=False)}: [\n{rows}]"


def _space(named: object, given: str | None) -> str:
    if named is not None and (not isinstance(named, str) or not named.strip()):
        raise ValueError("space: expected the name of the embedding model.")
    if named is not None and given is not None and named.strip() != given.strip():
        raise ValueError(f"space: expected {given!r}, got {named!r} in the file.")
    if named is None and not (given or "").strip():
        raise ValueError(
            "space: the file does not name the space of its voiceprints; use --space."
        )
    return str(named or given).strip()


def _people(given: Mapping[str, object]) -> Iterator[NamedVoiceprints]:
    for name, vectors in given.items():
        nested = isinstance(vectors, list) and vectors and isinstance(vectors[0], list)
        rows: Iterable[object] = vectors if nested else [vectors]  # type: ignore[assignment]
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
