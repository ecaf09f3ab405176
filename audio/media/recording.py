"""A recording as the pipeline and the engines carry it: one value, made at the edge."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording on disk, with the suffix, the name and the form field that its sender gave it.

    `seconds` is the length that the recording declares, where it was measured.
    """

    path: Path
    suffix: str = ""
    name: str = ""
    field: str = "file"
    seconds: float | None = None
