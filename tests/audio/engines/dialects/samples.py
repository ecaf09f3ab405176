"""Answers of foreign engines about one talk of 12 s, and what is right for each."""

import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"
LENGTH_S = 12.0
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text())
ERRORS: list[dict[str, Any]] = json.loads((SAMPLES / "errors.json").read_text())
FOREIGN = {
    name: right for name, right in EXPECTED["files"].items() if not name.startswith("parakeet")
}


def sample(name: str) -> dict[str, Any]:
    """Return a sample: one exchange."""
    read: dict[str, Any] = json.loads((SAMPLES / name).read_text())
    return read


def body(name: str) -> Any:
    """Return the body of a sample's answer."""
    return sample(name)["response"]["body"]
