"""The audio that a client has appended, until a pause or the client makes an item of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from audio.api.event_fields import InvalidEvent
from audio.media.chunk_files import quietest
from audio.media.decoding import SAMPLE_RATE
from audio.media.sample_buffer import SampleBuffer
from audio.realtime.voice_activity import (
    CONFIRMING_WINDOWS,
    WINDOW,
    Boundary,
    TurnDetection,
    VoiceActivity,
)

Samples = NDArray[np.int16]
# Engines refuse less, or make up words for it; OpenAI has the same limit.
LEAST_COMMITTED_S = 0.1
NOTHING: Samples = np.empty(0, np.int16)
# A turn without a pause is cut in the quietest moment of its last seconds.
LONGEST_TURN = 30 * SAMPLE_RATE
CUT_WITHIN = 10 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """Speech has started: its first sample, from the start of the session."""

    position: int


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """Speech has ended: the sample after its last, and what was said."""

    position: int
    samples: Samples = field(repr=False)


Turn = TurnStarted | TurnEnded


class InputBuffer:
    """The appended audio; with `detection`, pauses end turns."""

    def __init__(self, detection: TurnDetection | None) -> None:
        self._samples = SampleBuffer()
        self._turn_start = 0
        self._activity: VoiceActivity | None = None
        self.use(detection)

    @property
    def is_turn(self) -> bool:
        """Whether there is speech now, as far as pauses end turns."""
        return self._activity is not None and self._activity.turns.is_speech

    @property
    def end(self) -> int:
        """The sample after the last, from the start of the session."""
        return self._samples.end

    def use(self, detection: TurnDetection | None) -> list[Turn]:
        """Find pauses by another rule, or leave that to the client; return the turns found."""
        if detection is None:
            self._activity = None
            return []
        if self._activity is not None:
            self._activity.turns.rule = detection
            return []
        self._activity = VoiceActivity(detection, self._samples.start)
        waiting = self._samples.between(self._samples.start, self._samples.end)
        return self._heard(self._activity, waiting)

    @property
    def unheard_s(self) -> float:
        """How many seconds the detector would have to hear, were pauses to end turns."""
        return len(self._samples) / SAMPLE_RATE if self._activity is None else 0.0

    def append(self, samples: Samples) -> list[Turn]:
        """Add audio; return the turns that start or end in it."""
        self._samples.add(samples)
        return [] if self._activity is None else self._heard(self._activity, samples)

    def commit(self, rest: Samples = NOTHING) -> tuple[Samples, bool]:
        """Take what was appended and the rest, and whether the detector heard no speech in it."""
        self._samples.add(rest)
        taken = self._samples.between(self._item_start, self._samples.end)
        is_silent = self._activity is not None and not self.is_turn
        self.clear()
        return taken, is_silent

    def clear(self) -> None:
        """Forget what was appended."""
        self._samples.drop_before(self._samples.end)
        if self._activity is not None:
            self._activity.restart(self._samples.end)

    def check_length(self, more: int) -> None:
        """Refuse to commit less than an engine can transcribe; `more` samples are yet to come.

        Raises
        ------
        InvalidEvent
        """
        length = self._samples.end - self._item_start + more
        if length < LEAST_COMMITTED_S * SAMPLE_RATE:
            raise InvalidEvent(
                "Error committing input audio buffer: expected at least "
                f"{LEAST_COMMITTED_S * 1000:.0f} ms of audio, got "
                f"{length * 1000 // SAMPLE_RATE} ms.",
                code="input_audio_buffer_commit_empty",
            )

    def check_room(self, more: int) -> None:
        """Refuse audio that does not fit, where the client commits.

        Raises
        ------
        InvalidEvent
        """
        if self._activity is not None:
            return
        most_s = settings.REALTIME_BUFFER_S
        total_s = (len(self._samples) + more) / SAMPLE_RATE
        if total_s > most_s:
            raise InvalidEvent(
                f"audio: expected at most {most_s:g} s in the input audio buffer, got "
                f"{total_s:.1f} s; commit or clear it. This audio was not added.",
                param="audio",
                code="input_audio_buffer_full",
            )

    @property
    def _item_start(self) -> int:
        return self._turn_start if self.is_turn else self._samples.start

    def _heard(self, activity: VoiceActivity, samples: Samples) -> list[Turn]:
        found: list[Turn] = []
        for boundary, end in activity.feed(samples):
            found += self._at(activity, boundary, end)
        if not activity.turns.is_speech:
            kept = activity.turns.rule.prefix + CONFIRMING_WINDOWS * WINDOW
            self._samples.drop_before(activity.position - kept)
        return found

    def _at(self, activity: VoiceActivity, boundary: Boundary | None, end: int) -> Iterator[Turn]:
        """Yield the turns that start or end with a window."""
        if boundary is None:
            if activity.turns.is_speech and end - self._turn_start >= LONGEST_TURN:
                yield from self._cut(end)
        elif boundary.kind == "stopped":
            yield self._ended(end)
        else:
            start = boundary.position - activity.turns.rule.prefix
            self._turn_start = max(self._samples.start, start)
            yield TurnStarted(self._turn_start)

    def _cut(self, end: int) -> Iterator[Turn]:
        """Cut a long turn in two."""
        begin = end - CUT_WITHIN
        stop = begin + quietest(self._samples.between(begin, end))
        yield self._ended(stop)
        self._turn_start = stop
        yield TurnStarted(stop)

    def _ended(self, position: int) -> TurnEnded:
        samples = self._samples.between(self._turn_start, position)
        self._samples.drop_before(position)
        return TurnEnded(position, samples)
