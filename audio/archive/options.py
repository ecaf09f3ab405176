"""What is wanted of the recordings of an archive."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from audio.merge.clustering import LINKING_RULE, LinkingRule
from audio.merge.defaults import DEFAULT_RULE, DEFAULT_SELF_NAME, RuleName
from audio.merge.values import Voices

DEFAULT_FORMATS = ("json", "txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """What is to become of each recording.

    Without `known_voices` the library is asked. `store`: the library keeps the transcript, for
    `retain_days` where that is said.
    """

    formats: tuple[str, ...] = DEFAULT_FORMATS
    rule: RuleName = DEFAULT_RULE
    linking: LinkingRule = LINKING_RULE
    self_name: str = DEFAULT_SELF_NAME
    known_voices: Voices | None = None
    store: bool = False
    retain_days: int | None = None

    def to_json(self) -> str:
        """Say it as text, the same for the same options."""
        told = {
            **self._shaping(),
            "formats": list(self.formats),
            "store": self.store,
            "retain_days": self.retain_days,
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ArchiveOptions":
        """Read what `to_json` wrote."""
        told = json.loads(text)
        least, most = told["speakers"]
        return cls(
            formats=tuple(told["formats"]),
            rule=cast(RuleName, told["rule"]),
            linking=LinkingRule(min_speakers=least, max_speakers=most),
            self_name=told["self_name"],
            known_voices=_voices(told["known_voices"]),
            store=told["store"],
            retain_days=told["retain_days"],
        )

    def digest(self) -> str:
        """The same for all options that lead to the same transcript, whatever becomes of it."""
        told = json.dumps(self._shaping(), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def _shaping(self) -> dict[str, object]:
        voices = self.known_voices
        return {
            "rule": self.rule,
            "speakers": [self.linking.min_speakers, self.linking.max_speakers],
            "self_name": self.self_name,
            "known_voices": None if voices is None else _voices_json(voices),
        }


def _voices_json(voices: Voices) -> dict[str, object]:
    prints = zip(voices.names, voices.vectors.tolist(), strict=True)
    return {"space": voices.space, "prints": [[name, vector] for name, vector in prints]}


def _voices(told: Mapping[str, Any] | None) -> Voices | None:
    if told is None:
        return None
    names = tuple(name for name, _ in told["prints"])
    vectors = [vector for _, vector in told["prints"]]
    shaped = np.array(vectors, dtype=np.float64) if vectors else np.empty((0, 0))
    return Voices(names, shaped, told["space"])
