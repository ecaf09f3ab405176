"""Fixtures: a folder of recordings."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder; outputs go beside it."""
    made = tmp_path / "recordings"
    made.mkdir()
    return made
