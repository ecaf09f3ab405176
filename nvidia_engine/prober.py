"""The known answer, asked after a start and whenever no client was answered for a while."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.inference.units import EngineFault
from nvidia_engine.known_answer import FirstEmbedding, KnownAnswer, find_faults
from nvidia_engine.media.sound_streams import BadAudio

logger = logging.getLogger(__name__)

GOOD = "good"
# A good answer is valid for this number of intervals.
_VALID_INTERVALS = 3

# Asks the models: the words, the number of speakers, the first speaker's embedding.
Ask = Callable[[KnownAnswer], tuple[list[str], int, NDArray[np.float32] | None]]


@dataclass(frozen=True, slots=True)
class Remedies:
    """What is done about a wrong answer.

    Attributes
    ----------
    replace_child
        Replaces a child that answered rightly before.
    give_up
        Ends the program when no answer was right within `start_limit_s`.
    """

    replace_child: Callable[[str], None]
    give_up: Callable[[str], None]
    start_limit_s: float


class Prober:
    """What the last known answer said, and how old it is.

    Parameters
    ----------
    memory
        Where the first good embedding is remembered.
    interval_s
        Seconds between two questions while no client is answered.
    """

    def __init__(
        self,
        ask: Ask,
        known: KnownAnswer,
        memory: FirstEmbedding,
        interval_s: float,
        remedies: Remedies,
    ) -> None:
        self._ask, self._known, self._memory = ask, known, memory
        self._interval_s, self._remedies = interval_s, remedies
        self.verdict = "none yet"
        self._began_at = self._probed_at = time.monotonic()
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
            self.verdict == GOOD
            and age_s is not None
            and age_s < _VALID_INTERVALS * self._interval_s
        )

    def note_answer(self) -> None:
        """Take a client's answer for a sign of health, if the known answer was right before."""
        if self.verdict == GOOD:
            self._good_at = time.monotonic()

    def run(self, stopped: threading.Event) -> None:
        """Probe until the program ends, or has to."""
        while not stopped.wait(self._interval_s / 4):
            if self._is_due():
                self.probe()
            is_late = time.monotonic() - self._began_at > self._remedies.start_limit_s
            if self._good_at is None and is_late:
                self._remedies.give_up(f"no known answer was right: {self.verdict}")
                return

    def probe(self) -> None:
        """Ask once, and keep the verdict."""
        self._probed_at = time.monotonic()
        try:
            faults = self._faults()
        except (EngineFault, BadAudio) as problem:
            self.verdict = str(problem)
            logger.error("the known answer was not given: %s", self.verdict)
            return
        self.verdict = "; ".join(faults) or GOOD
        if not faults:
            self._good_at = time.monotonic()
            return
        logger.error("the known answer is wrong: %s", self.verdict)
        if self._good_at is not None:
            # It was right before: this is the device, and not a wrong expectation.
            self._remedies.replace_child(f"the known answer is wrong: {self.verdict}")

    def _is_due(self) -> bool:
        """Whether clients were not answered lately, or only clients were for a while.

        A device that answers clients with nonsense is found all the same.
        """
        since_s = time.monotonic() - self._probed_at
        is_idle = not self.is_good or (self.age_s or 0) >= self._interval_s
        return is_idle or since_s >= _VALID_INTERVALS * self._interval_s

    def _faults(self) -> list[str]:
        words, speakers, embedding = self._ask(self._known)
        first = self._memory.read()
        faults = find_faults(self._known, words, speakers, embedding, first)
        if not faults and first is None and embedding is not None:
            # A folder that is mounted read-only remembers nothing.
            with contextlib.suppress(OSError):
                self._memory.write(embedding)
        return faults
