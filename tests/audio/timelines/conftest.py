"""The clinic meeting's timeline, and what its people say."""

import json
from pathlib import Path

import pytest

from tests.audio.timelines.export_writers import Spoken, spoken_words

CLINIC = Path(__file__).parents[3] / "benchmarks" / "clinic"
SPEAKERS = {"George Hall": "A", "Emma Brook": "B", "Michael Reyes": "C"}


@pytest.fixture(scope="session")
def clinic() -> list[tuple[float, float, str]]:
    listed = json.loads((CLINIC / "timeline.json").read_text())
    return [(entry["start"], entry["end"], entry["name"]) for entry in listed]


@pytest.fixture(scope="session")
def spoken() -> Spoken:
    return spoken_words(json.loads((CLINIC / "reference.json").read_text()), SPEAKERS)
