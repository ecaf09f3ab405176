"""Recorded meetings with their references: who said what, and when."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

CLINIC = Path(__file__).parent / "clinic"
# The clinic's speakers; A is the local user. Other references contain the names.
NAMES = {"A": "George Hall", "B": "Emma Brook", "C": "Michael Reyes"}
LOCAL_USER = NAMES["A"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance of a reference in seconds, and its spans without pauses."""

    name: str
    start: float
    end: float
    text: str
    speech: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Meeting:
    """A folder of `mic.flac`, `system.flac`, `timeline.json`, `reference.json`."""

    folder: Path

    @property
    def timeline(self) -> str:
        return (self.folder / "timeline.json").read_text()

    @cached_property
    def utterances(self) -> list[Utterance]:
        return [_utterance(entry) for entry in json.loads(self._reference)]

    @property
    def _reference(self) -> str:
        return (self.folder / "reference.json").read_text()


def _utterance(entry: dict[str, Any]) -> Utterance:
    speech = tuple((start, end) for start, end in entry["speech"])
    name = NAMES.get(entry["spk"], entry["spk"])
    return Utterance(name, entry["start"], entry["end"], entry["text"], speech)
