"""The engine: words, turns and embeddings of one recording."""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.diarization import turns
from nvidia_engine.diarization.stream import StepInput, StepOutput, stream_activity
from nvidia_engine.diarization.turns import Preset, Turn, find_turns
from nvidia_engine.features import (
    FRAMES_PER_S,
    SAMPLE_RATE,
    SampleSource,
    frame_count,
    mel_rows,
    normalize,
)
from nvidia_engine.inference.messages import Ready
from nvidia_engine.inference.units import Kind, Request, Unit
from nvidia_engine.recognition.token_words import spell_words
from nvidia_engine.recognition.windows import Window, Word, join_words, split_windows
from nvidia_engine.voices.average import average
from nvidia_engine.voices.pieces import Piece, clean_pieces

# Windows of one recording that are queued together: one batch, so that memory stays bounded.
_AHEAD = 16
# TitaNet needs a few frames.
_FEWEST_FRAMES = 30

Submit = Callable[[Unit], "Future[Any]"]
# Waits for a future, and raises when the client has left.
Wait = Callable[["Future[Any]"], Any]


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who spoke when, and for each label the head that it is in the activity."""

    turns: list[Turn]
    heads: list[int]
    activity: NDArray[np.uint8]
    frame_s: float

    @property
    def labels(self) -> list[str]:
        return [f"Speaker_{number}" for number in range(len(self.heads))]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, the request it belongs to, and how its units are asked."""

    samples: SampleSource
    request: Request
    submit: Submit
    wait: Wait

    @property
    def duration(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    def ask(self, kind: Kind, payload: Any, seconds: float) -> "Future[Any]":
        """Queue one input of a model."""
        return self.submit(Unit(kind, self.request, payload, seconds))


class Engine:
    """The three models, as one recording needs them.

    Parameters
    ----------
    ready
        What the child says of its graphs.
    pieces
        Parakeet's vocabulary.
    """

    def __init__(self, ready: Ready, pieces: Sequence[str]) -> None:
        self._ready, self._pieces = ready, pieces
        is_fine = ready.diarizer.geometry.is_fine
        self._preset: Preset = turns.NEMOTRON if is_fine else turns.SORTFORMER
        self._frame_s = 0.01 if is_fine else 0.08

    def transcribe(self, recording: Recording) -> list[Word]:
        """Recognize the words, in windows that are queued together."""
        windows = split_windows(recording.samples)
        asked = (self._ask_words(recording, window) for window in windows)
        answers = _in_order(asked, recording.wait)
        words = [
            spell_words(tokens, self._pieces, window.start / SAMPLE_RATE, window.end / SAMPLE_RATE)
            for window, tokens in zip(windows, answers, strict=True)
        ]
        return join_words(windows, words)

    def _ask_words(self, recording: Recording, window: Window) -> "Future[Any]":
        part = recording.samples[window.start : window.end]
        rows = mel_rows(part, 0, frame_count(len(part)), self._ready.recognizer_bands)
        return recording.ask(Kind.WORDS, normalize(rows), len(part) / SAMPLE_RATE)

    def diarize(self, recording: Recording) -> Diarization:
        """Find who spoke when; steps of one recording follow each other."""
        facts = self._ready.diarizer

        def step(asked: StepInput) -> StepOutput:
            seconds = len(asked.chunk) / FRAMES_PER_S
            answer: StepOutput = recording.wait(recording.ask(Kind.TURNS, asked, seconds))
            return answer

        def mel(start: int, end: int) -> NDArray[np.float32]:
            return mel_rows(recording.samples, start, end, facts.bands)

        frames = frame_count(len(recording.samples))
        parts = stream_activity(step, mel, frames, facts.geometry, facts.silence, facts.speakers)
        activity = np.zeros(
            (math.ceil(frames / round(self._frame_s * FRAMES_PER_S)), facts.speakers), np.uint8
        )
        filled = 0
        for part in parts:
            activity[filled : filled + len(part)] = _small(part)
            filled += len(part)
        found, heads = find_turns(activity, self._frame_s, self._preset)
        return Diarization(found, heads, activity, self._frame_s)

    def embed(
        self, recording: Recording, diarization: Diarization
    ) -> dict[str, NDArray[np.float32]]:
        """Give each label that can be heard alone one embedding."""
        pieces = [
            clean_pieces(diarization.activity, head, diarization.frame_s)
            for head in diarization.heads
        ]
        asked = (self._ask_voice(recording, piece) for own in pieces for piece in own)
        answers = _in_order(asked, recording.wait)
        embeddings = {}
        for label, own in zip(diarization.labels, pieces, strict=True):
            vectors = list(islice(answers, len(own)))
            vector = average(vectors, [end - start for start, end in own])
            if vector is not None:
                embeddings[label] = vector
        return embeddings

    def _ask_voice(self, recording: Recording, piece: Piece) -> "Future[Any]":
        first, last = (round(time * SAMPLE_RATE) for time in piece)
        part = recording.samples[first:last]
        frames = max(frame_count(len(part)), _FEWEST_FRAMES)
        rows = mel_rows(part, 0, frames, self._ready.embedder_bands)
        return recording.ask(Kind.VOICES, normalize(rows), len(part) / SAMPLE_RATE)


def _in_order(asked: Iterator["Future[Any]"], wait: Wait) -> Iterator[Any]:
    """Wait for answers in order, with at most _AHEAD of them asked before."""
    pending = deque(islice(asked, _AHEAD))
    while pending:
        answer = wait(pending.popleft())
        pending.extend(islice(asked, 1))
        yield answer


def _small(activity: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Keep activity in 255ths; NaN becomes silence."""
    scaled = np.rint(np.clip(np.nan_to_num(activity), 0, 1) * turns.FULL)
    return np.asarray(scaled, np.uint8)
