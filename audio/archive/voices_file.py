"""Known voices in a file: as label-merge takes them, or as a voice library exports them.

{"Ana Ruiz": [0.1, …], "Ben Okafor": [0.2, …]}
{"space": "titanet@1", "voiceprints": {"Ana Ruiz": [[0.1, …], [0.2, …]]}}
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from rest_framework.exceptions import ValidationError

from audio.api.fields import VoicesField
from audio.merge.name_spelling import readable
from audio.merge.values import NO_VOICES, Embedding, Voices


def voices_in(path: Path) -> Voices:
    """Read the known voices of a file.

    Raises
    ------
    ValueError
        A sentence that names the place and what was expected there.
    OSError
    """
    field = VoicesField()
    field.field_name = path.name
    try:
        told = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError(f"{path.name}: not JSON.") from None
    space, people = _space_and_people(told, path.name)
    try:
        prints = list(_prints(field, people))
    except ValidationError as error:
        raise ValueError(str(_first(error))) from error
    if len({len(vector) for _, vector in prints}) > 1:
        raise ValueError(f"{path.name}: expected lists of one length.")
    if not prints:
        return NO_VOICES
    return Voices(tuple(name for name, _ in prints), np.stack([v for _, v in prints]), space)


def _space_and_people(told: object, name: str) -> tuple[str, Mapping[str, object]]:
    if not isinstance(told, dict):
        raise ValueError(f"{name}: expected {{name: [numbers]}}, or an export of voiceprints.")
    people, space = told.get("voiceprints"), told.get("space")
    if not isinstance(people, dict):
        return "", told
    if not isinstance(space, str) or not space.strip():
        raise ValueError(f"{name}: space: expected the name of the embedding model.")
    return space.strip(), people


def _prints(field: VoicesField, people: Mapping[str, object]) -> Iterator[tuple[str, Embedding]]:
    for name, given in people.items():
        several = isinstance(given, list) and given and isinstance(given[0], list)
        for numbers in given if several else [given]:  # type: ignore[attr-defined]
            yield readable(name), field.vector(name, numbers)


def _first(error: ValidationError) -> object:
    return error.detail[0] if isinstance(error.detail, list) else error.detail
