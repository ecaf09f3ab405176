"""Error rates against a reference: WER, cpWER and DER.

Of our own, so that the engine's image needs no other package; the word error rate is compared with
jiwer's in the tests.
"""

import itertools
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Span = tuple[float, float]

# Frames of the diarization error rate.
FRAME_S = 0.01


def words_of(text: str) -> list[str]:
    """Split a text into words without punctuation, in lower case."""
    signs = (sign for sign in text if unicodedata.category(sign)[0] not in "PS")
    return "".join(signs).casefold().split()


def word_errors(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Count substitutions, insertions and deletions (Levenshtein)."""
    costs = list(range(len(hypothesis) + 1))
    for row, expected in enumerate(reference, 1):
        diagonal, costs[0] = costs[0], row
        for column, word in enumerate(hypothesis, 1):
            best = min(costs[column] + 1, costs[column - 1] + 1, diagonal + (expected != word))
            diagonal, costs[column] = costs[column], best
    return costs[-1]


def wer(reference: str, hypothesis: str) -> float:
    """Word error rate: errors over the reference's words."""
    expected = words_of(reference)
    return word_errors(expected, words_of(hypothesis)) / max(len(expected), 1)


def cp_wer(reference: Mapping[str, str], hypothesis: Mapping[str, str]) -> float:
    """Concatenated minimum-permutation WER: the best assignment of speakers.

    Source: Watanabe et al., "CHiME-6 Challenge" (2020).
    """
    expected = [words_of(text) for text in reference.values()]
    heard = [words_of(text) for text in hypothesis.values()]
    size = max(len(expected), len(heard))
    expected += [[]] * (size - len(expected))
    heard += [[]] * (size - len(heard))
    errors = np.array([[word_errors(one, other) for other in heard] for one in expected])
    return _best_sum(errors) / max(sum(map(len, expected)), 1)


def der(
    reference: Mapping[str, Sequence[Span]],
    hypothesis: Mapping[str, Sequence[Span]],
    duration: float,
) -> float:
    """Diarization error rate without a collar, overlaps included, over frames of 10 ms.

    Source: NIST, "The Rich Transcription Spring 2003 Evaluation Plan".
    """
    truth, heard = _activity(reference, duration), _activity(hypothesis, duration)
    size = max(len(truth), len(heard), 1)
    truth, heard = (np.pad(rows, ((0, size - len(rows)), (0, 0))) for rows in (truth, heard))
    common = (truth[:, None] & heard[None]).sum(axis=2)
    correct = -_best_sum(-common)
    most = np.maximum(truth.sum(axis=0), heard.sum(axis=0)).sum()
    return float((most - correct) / max(truth.sum(), 1))


def _activity(spans: Mapping[str, Sequence[Span]], duration: float) -> NDArray[np.bool_]:
    rows = np.zeros((len(spans), round(duration / FRAME_S)), bool)
    for row, own in zip(rows, spans.values(), strict=True):
        for start, end in own:
            row[round(start / FRAME_S) : round(end / FRAME_S)] = True
    return rows


def _best_sum(costs: NDArray[np.int64]) -> int:
    """Find the least sum of one cost a row and column; eight speakers at most."""
    rows = range(len(costs))
    return min(
        (int(costs[rows, list(order)].sum()) for order in itertools.permutations(rows)), default=0
    )
