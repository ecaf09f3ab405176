"""The dialect that an answer is in, by what only its engines write.

A dialect is never guessed from an answer to be used; it is named in the error for an answer that
the configured dialect cannot read.
"""

import re
from collections.abc import Mapping
from typing import Any

_LABELLED = re.compile(r"\[\d{1,9}(?:\.\d{1,9})?\]\s*\[S\d{1,4}\]")
_DIARIZED_TYPE = "transcript.text.segment"


def dialect_shown(answer: object) -> str:
    """Return the dialect of an answer; empty where nothing shows it."""
    if not isinstance(answer, Mapping):
        return ""
    item = _first(answer, "segments")
    signs = {
        "parakeet": "fingerprints" in answer or "start_s" in item,
        "localai": isinstance(answer.get("embedding"), list) or "num_speakers" in answer,
        "speaches": "embedding" in _first(answer, "data"),
        "asr-webservice": "word_segments" in answer or "speaker_embeddings" in answer,
        "openai-diarized": item.get("type") == _DIARIZED_TYPE or _has_labels(answer.get("text")),
    }
    return next((name for name, is_shown in signs.items() if is_shown), "")


def _first(answer: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the first object of a list under a key; an empty one without any."""
    listed = answer.get(key)
    first = listed[0] if isinstance(listed, list) and listed else None
    return first if isinstance(first, Mapping) else {}


def _has_labels(text: object) -> bool:
    return isinstance(text, str) and _LABELLED.search(text) is not None
