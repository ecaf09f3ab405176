"""Known voices in a file, as label-merge takes them or as `export_voiceprints` writes them.

{"Ana Ruiz": [0.1, …], "Ben Okafor": [0.2, …]}
{"space": "titanet@1", "voiceprints": {"Ana Ruiz": [[0.1, …], [0.2, …]]}}
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from audio.api.fields import parse_embedding
from audio.merge.name_spelling import readable
from audio.merge.values import NO_VOICES, Embedding, Voices


def read_voices(path: Path) -> Voices:
    """Return the known voices of a file.

    Raises
    ------
    ValueError
        A sentence that names the file, the invalid value and what was expected.
    OSError
    """
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError(f"{path.name}: not JSON.") from None
    space, people = _space_and_people(content, path.name)
    voices = list(_voices(people, path.name))
    if len({len(embedding) for _, embedding in voices}) > 1:
        raise ValueError(f"{path.name}: expected lists of one length.")
    if not voices:
        return NO_VOICES
    return Voices(
        tuple(name for name, _ in voices), np.stack([vector for _, vector in voices]), space
    )


def _space_and_people(content: object, file: str) -> tuple[str, Mapping[str, object]]:
    if not isinstance(content, dict):
        raise ValueError(f"{file}: expected {{name: [numbers]}}, or an export of voiceprints.")
    people, space = content.get("voiceprints"), content.get("space")
    if not isinstance(people, dict):
        return "", content
    if not isinstance(space, str) or not space.strip():
        raise ValueError(f"{file}: space: expected the name of the embedding model.")
    return space.strip(), people


def _voices(people: Mapping[str, object], file: str) -> Iterator[tuple[str, Embedding]]:
    for name, given in people.items():
        embeddings = given if isinstance(given, list) and _holds_lists(given) else [given]
        for numbers in embeddings:
            yield readable(name), parse_embedding(numbers, name, name=file)


def _holds_lists(given: list[object]) -> bool:
    return bool(given) and isinstance(given[0], list)
