"""Count how many doubtful words are wrong, at some confidences below which words are marked.

    .venv/bin/python -m spark_control.laptop --no-database --data var/figures -- \\
        .venv/bin/python -m benchmarks.word_confidence

The recording is the mixed one of the clinic, transcribed by the engine at PARAKEET_URL. A word is
wrong where the alignment with the reference has another word or none.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import httpx

from audio.engines.dialects.confidences import word_confidence

CLINIC = Path(__file__).parent / "clinic"
BELOW = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A word that an engine gave a confidence, and whether it is wrong."""

    confidence: float
    is_wrong: bool


def main() -> int:
    """Print a row for each confidence below which words are marked."""
    url = os.environ.get("PARAKEET_URL", "")
    if not url:
        sys.exit("PARAKEET_URL is not set: run this through python -m spark_control.laptop")
    heard = list(_heard(url))
    wrong = sum(one.is_wrong for one in heard)
    print(f"{len(heard)} words, {wrong} of them wrong\n")
    print("| marked below | of all words | of the marked, wrong | of the wrong, marked |")
    print("| --- | --- | --- | --- |")
    for below in BELOW:
        marked = [one for one in heard if one.confidence < below]
        found = sum(one.is_wrong for one in marked)
        shares = (len(marked) / len(heard), found / max(1, len(marked)), found / max(1, wrong))
        print(f"| {below} | {' | '.join(f'{share:.0%}' for share in shares)} |")
    return 0


def _heard(url: str) -> Iterator[Heard]:
    words = _transcribe(url, CLINIC / "mono.flac")
    lines = json.loads((CLINIC / "reference.json").read_text())
    spoken = [key for line in lines for key in _keys(line["text"])]
    keys = ["".join(_keys(_text(word))) for word in words]
    matcher = SequenceMatcher(None, keys, spoken, autojunk=False)
    right = {block.a + at for block in matcher.get_matching_blocks() for at in range(block.size)}
    for place, word in enumerate(words):
        confidence = word_confidence(word)
        if confidence is not None and keys[place]:
            yield Heard(confidence, place not in right)


def _transcribe(url: str, recording: Path) -> list[Mapping[str, Any]]:
    answer = httpx.post(
        f"{url}/v1/audio/transcriptions",
        files={"file": (recording.name, recording.read_bytes())},
        data={"response_format": "verbose_json", "language": "en"},
        timeout=TIMEOUT_S,
    )
    answer.raise_for_status()
    return list(answer.json()["words"])


def _text(word: Mapping[str, Any]) -> str:
    return str(word.get("text", word.get("word", "")))


def _keys(text: str) -> list[str]:
    """Return the letters and digits of each word, in one case."""
    return [key for one in text.split() if (key := re.sub(r"[^\w]", "", one.casefold()))]


if __name__ == "__main__":
    sys.exit(main())
