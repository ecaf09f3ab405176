"""The options of an archive run: a value, its JSON for jobs, and its digest."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from audio.merge.chunks.constrained_clustering import LinkingRule
from audio.merge.values import Span, Voices
from audio.pipeline.merge_job import MergeOptions

DEFAULT_FORMATS = ("json", "txt")
DEFAULT_MERGE = MergeOptions(transcribe=True)
# Stored jobs and ledgers have these keys whatever their value. Other fields of `MergeOptions` are
# written where they differ from the default, so that a new field leaves existing digests as they
# are.
_STORED_KEYS = {
    "rule": "rule",
    "linking": "speakers",
    "self_name": "self_name",
    "known_voiceprints": "known_voices",
    "retain_days": "retain_days",
}
# How long a transcript is stored, and with which audio, has no effect on its content.
_NOT_IN_DIGEST = frozenset({"retain_days", "keep_audio"})
_MERGE_FIELDS = tuple(field.name for field in fields(MergeOptions))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """What is done with each recording of an archive.

    Without `known_voiceprints` in `merge` the voice library is asked. With `store` it stores the
    transcript.
    """

    formats: tuple[str, ...] = DEFAULT_FORMATS
    merge: MergeOptions = DEFAULT_MERGE
    store: bool = False

    def to_json(self) -> str:
        """Return JSON text, the same for the same options."""
        content = {
            **_merge_json(self.merge),
            "formats": list(self.formats),
            "store": self.store,
        }
        return json.dumps(content, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ArchiveOptions":
        """Read what `to_json` wrote."""
        content = json.loads(text)
        return cls(
            formats=tuple(content["formats"]),
            merge=_read_merge(content),
            store=content["store"],
        )

    def digest(self) -> str:
        """Return a digest, the same for all options that lead to the same transcript."""
        content = _merge_json(self.merge)
        shaping = {name: content[name] for name in content.keys() - _NOT_IN_DIGEST}
        return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()


def _merge_json(options: MergeOptions) -> dict[str, object]:
    return {
        _STORED_KEYS.get(name, name): _encoded(getattr(options, name))
        for name in _MERGE_FIELDS
        if name in _STORED_KEYS or getattr(options, name) != getattr(DEFAULT_MERGE, name)
    }


def _read_merge(content: Mapping[str, Any]) -> MergeOptions:
    stored = {name: _STORED_KEYS.get(name, name) for name in _MERGE_FIELDS}
    return replace(
        DEFAULT_MERGE,
        **{
            name: _DECODERS.get(name, _as_it_is)(content[key])
            for name, key in stored.items()
            if key in content
        },
    )


def _encoded(value: object) -> object:
    match value:
        case Voices():
            return {
                "space": value.space,
                "prints": [
                    [name, embedding]
                    for name, embedding in zip(value.names, value.vectors.tolist(), strict=True)
                ],
            }
        case LinkingRule():
            return [value.min_speakers, value.max_speakers]
        case tuple():
            return [[one.start, one.end] if isinstance(one, Span) else one for one in value]
    return value


def _as_it_is(value: Any) -> Any:
    return value


def _voices(value: Mapping[str, Any] | None) -> Voices | None:
    if value is None:
        return None
    names = tuple(name for name, _ in value["prints"])
    embeddings = [embedding for _, embedding in value["prints"]]
    matrix = np.array(embeddings, dtype=np.float64) if embeddings else np.empty((0, 0))
    return Voices(names, matrix, value["space"])


def _linking(value: Sequence[Any]) -> LinkingRule:
    least, most = value
    return LinkingRule(min_speakers=least, max_speakers=most)


def _spans(value: Sequence[Sequence[float]] | None) -> tuple[Span, ...] | None:
    return None if value is None else tuple(Span(start, end) for start, end in value)


_DECODERS: Mapping[str, Callable[[Any], Any]] = {
    "known_voiceprints": _voices,
    "linking": _linking,
    "self_vad": _spans,
    "keywords": tuple,
}
