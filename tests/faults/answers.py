"""A request to the fault server, and a scripted answer: complete, slow, or broken off."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from multipart import MultipartParser, parse_options_header


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

    @property
    def form(self) -> dict[str, object]:
        """The fields of a form: a list where there are several of one name, and files as bytes."""
        boundary = parse_options_header(self.headers["Content-Type"])[1]["boundary"]
        found: dict[str, list[object]] = {}
        size = len(self.body) + 1
        parser = MultipartParser(
            io.BytesIO(self.body), boundary, spool_limit=size, memory_limit=size
        )
        for part in parser:
            found.setdefault(part.name, []).append(part.raw if part.filename else part.value)
        return {name: one[0] if len(one) == 1 else one for name, one in found.items()}


@dataclass(frozen=True)
class Answer:
    """An answer that begins after `after_s`, sends pieces `pause_s` apart, and ends in some way.

    It is chunked, or one body of `announced` bytes, whatever its real length; `bare` pieces are
    sent without a head. At the end the server may hang until the gateway hangs up, or cut the
    connection.
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
    """Return an answer in JSON."""
    return Answer(pieces=(json.dumps(body).encode(),), **how)  # type: ignore[arg-type]
