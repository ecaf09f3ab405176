"""The known answer, asked after a start and whenever no client was answered for a while."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.audio_samples import BadAudio
from nvidia_engine.inference.dispatcher import EngineFault
from nvidia_engine.known_answer import (
    KnownAnswer,
    find_faults,
    read_first_embedding,
    write_first_embedding,
)

logger = logging.getLogger(__name__)

# A good answer is valid for this number of intervals.
_VALID_INTERVALS = 3

# Asks the models: the words, the number of speakers, the first speaker's embedding.
Ask = Callable[[KnownAnswer], tuple[list[str], int, NDArray[np.float32] | None]]


class Prober:
    """What the last known answer said, and how old it is.

    Parameters
    ----------
    models
        The folder in which the first good embedding is remembered, with `files`: what it was made
        with.
    interval_s
        Seconds between two questions while no client is answered.
    """

    def __init__(
        self, ask: Ask, known: KnownAnswer, models: Path, files: list[str], interval_s: float
    ) -> None:
        self._ask, self._known, self._models, self._files = ask, known, models, files
        self._interval_s = interval_s
        self.verdict = "none yet"
        self._good_at: float | None = None

    @property
    def age_s(self) -> float | None:
        """Seconds since the last good answer."""
        return None if self._good_at is None else time.monotonic() - self._good_at

    @property
    def is_good(self) -> bool:
        """Whether the last answer was good, and not long ago."""
        age_s = self.age_s
        return (
            self.verdict == "good"
            and age_s is not None
            and age_s < _VALID_INTERVALS * self._interval_s
        )

    def note_answer(self) -> None:
        """Take a client's answer for a sign of health, if the known answer was right before."""
        if self.verdict == "good":
            self._good_at = time.monotonic()

    def run(self, stopped: threading.Event) -> None:
        """Probe until the program ends."""
        while not stopped.wait(self._interval_s / 4):
            if not self.is_good or (self.age_s or 0) >= self._interval_s:
                self.probe()

    def probe(self) -> None:
        """Ask once, and keep the verdict."""
        try:
            faults = self._faults()
        except (EngineFault, BadAudio) as problem:
            faults = [str(problem)]
        self.verdict = "; ".join(faults) or "good"
        if faults:
            logger.error("the known answer is wrong: %s", self.verdict)
        else:
            self._good_at = time.monotonic()

    def _faults(self) -> list[str]:
        words, speakers, embedding = self._ask(self._known)
        first = read_first_embedding(self._models, self._files)
        faults = find_faults(self._known, words, speakers, embedding, first)
        if not faults and first is None and embedding is not None:
            # A folder that is mounted read-only remembers nothing.
            with contextlib.suppress(OSError):
                write_first_embedding(self._models, self._files, embedding)
        return faults
