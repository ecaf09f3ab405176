"""Greedy decoding of a token-and-duration transducer, for a whole batch.

Source: Xu et al., "Efficient Sequence Transduction by Jointly Predicting Tokens and Durations"
(ICML 2023); NeMo 3.0.0, ``GreedyBatchedTDTInfer``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# How many frames the decoder may jump, by the index of the winning duration.
DURATIONS = np.array([0, 1, 2, 3, 4])
# More tokens on one frame mean that the decoder is stuck; NeMo's default.
MOST_SYMBOLS = 10

States = tuple[NDArray[np.float32], NDArray[np.float32]]
# Encoder rows (live, width), last tokens (live,), states (layers, live, size) → logits (live,
# tokens + durations), new states.
Step = Callable[
    [NDArray[np.float32], NDArray[np.int32], States], tuple[NDArray[np.float32], States]
]


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its number, its frame (80 ms), the frames it lasts, its probability."""

    number: int
    frame: int
    jump: int
    probability: float


class _Rows:
    """The state of each row of a batch while it is decoded."""

    def __init__(self, counts: NDArray[np.int64], blank: int, states: States) -> None:
        self.counts, self.states = counts, states
        self.frame = np.zeros(len(counts), np.int64)
        self.symbols = np.zeros(len(counts), np.int64)
        self.last = np.full(len(counts), blank, np.int32)
        self.tokens: list[list[Token]] = [[] for _ in counts]

    def live(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.frame < self.counts)

    def advance(
        self, live: NDArray[np.int64], is_spoken: NDArray[np.bool_], jump: NDArray[np.int64]
    ) -> None:
        """Move the live rows; a row that would stay where it is for ever moves by one frame."""
        self.symbols[live[is_spoken]] += 1
        is_stuck = (jump == 0) & (~is_spoken | (self.symbols[live] >= MOST_SYMBOLS))
        jump = np.where(is_stuck, 1, jump)
        self.frame[live] += jump
        self.symbols[live[jump > 0]] = 0


def decode_tokens(
    encoded: NDArray[np.float32], counts: NDArray[np.int64], step: Step, states: States, blank: int
) -> list[list[Token]]:
    """Decode a batch of encoder outputs.

    Parameters
    ----------
    encoded
        (batch, width, frames).
    counts
        (batch,) frames that each row really has.
    states
        The decoder's states of a beginning, two of (layers, batch, size).
    blank
        The number of the blank, which is the last token.
    """
    rows = _Rows(counts, blank, (states[0].copy(), states[1].copy()))
    while (live := rows.live()).size:
        at = np.ascontiguousarray(encoded[live, :, rows.frame[live]])
        first, second = rows.states
        logits, new = step(at, rows.last[live], (first[:, live], second[:, live]))
        words = logits[:, : blank + 1]
        token = words.argmax(axis=1)
        jump = DURATIONS[logits[:, blank + 1 :].argmax(axis=1)]
        probability = 1 / np.exp(words - words.max(axis=1, keepdims=True)).sum(axis=1)
        is_spoken = token != blank
        for i in np.flatnonzero(is_spoken):
            frame = int(rows.frame[live[i]])
            found = Token(int(token[i]), frame, int(jump[i]), float(probability[i]))
            rows.tokens[live[i]].append(found)
        target = live[is_spoken]
        rows.last[target] = token[is_spoken]
        first[:, target], second[:, target] = new[0][:, is_spoken], new[1][:, is_spoken]
        rows.advance(live, is_spoken, jump)
    return rows.tokens


def empty_states(shapes: Sequence[Sequence[int]], batch: int) -> States:
    """Build the states of a beginning from the graph's shapes (layers, batch, size)."""
    first, second = (np.zeros((shape[0], batch, shape[2]), np.float32) for shape in shapes)
    return first, second
