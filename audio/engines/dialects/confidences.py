"""How confident an engine is of a word, as far as its answer says: a share from 0 to 1, or None.

Servers name it differently. What is no share of 1, such as a logarithm or per cent, is not taken.
Whisper servers that give no confidence of a word give that of a segment: the mean logarithm of the
probabilities of its tokens; servers of other models write 0.0 there.
"""

from collections.abc import Mapping
from math import exp

_KEYS = ("confidence", "probability", "conf", "score", "prob")
_MEAN_LOGARITHM = "avg_logprob"
# A word without anything else has three items: text, start and end.
_PLAIN = 3


def word_confidence(word: Mapping[str, object]) -> float | None:
    """Return the confidence that an engine lists with a word."""
    if len(word) <= _PLAIN:
        return None
    return next((share for key in _KEYS if (share := _share(word.get(key))) is not None), None)


def segment_confidence(segment: Mapping[str, object]) -> float | None:
    """Return the geometric mean of the probabilities of a segment's tokens."""
    mean = segment.get(_MEAN_LOGARITHM)
    if not isinstance(mean, int | float) or isinstance(mean, bool) or not mean < 0:
        return None
    return exp(mean)


def _share(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        return None
    return float(given)
