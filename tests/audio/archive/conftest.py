"""A folder of recordings."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty one, beside which outputs may lie."""
    made = tmp_path / "recordings"
    made.mkdir()
    return made
