"""Compare what the real engine hears with what was spoken.

Inference in int8 differs by processor, so no test depends on the exact text of a recording.
"""

import re

import jiwer

MOST_WRONG = 0.34


def is_heard(text: str, spoken: str, *, most_wrong: float = MOST_WRONG) -> bool:
    """Return whether a text begins with what was spoken, but for a third of its words."""
    reference, words = _words(spoken), _words(text)
    beginning = " ".join(words[: len(reference)])
    return float(jiwer.wer(" ".join(reference), beginning)) <= most_wrong


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())
