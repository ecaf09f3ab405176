"""What an engine is asked, and what it says: well, slowly, or not to the end."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        decoded: dict[str, object] = json.loads(self.body)
        return decoded


@dataclass(frozen=True)
class Answer:
    """What to say: `after_s` later, in pieces `pause_s` apart, and how it ends.

    In chunks, or as one body of `announced` bytes, whether or not it has so many; `bare` pieces
    are all that is said, without a head. At the end the engine may hang, until the gateway hangs
    up, or cut the connection.
    """

    status: int = 200
    pieces: Iterable[bytes] = (b"",)
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    pause_s: float = 0.0
    announced: int | None = None
    bare: bool = False
    hangs: bool = False
    cut: bool = False

    @property
    def chunked(self) -> bool:
        return not self.bare and self.announced is None and self.status not in (204, 304)


def as_json(body: object, **how: object) -> Answer:
    """An answer in JSON."""
    return Answer(pieces=(json.dumps(body).encode(),), **how)  # type: ignore[arg-type]
