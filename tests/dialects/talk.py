"""The talk of the samples as a recording in which an engine can hear who says what.

Each of its four sentences is a tone of its own: two frequencies are one speaker's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tests.audio.engines.dialects.samples import EXPECTED, LENGTH_S, body
from tests.recordings import SAMPLE_RATE, wav

TURNS = EXPECTED["talk"]["turns"]
TEXTS = [block["text"] for block in EXPECTED["talk"]["blocks"]]
_FREQUENCIES = (200.0, 320.0, 260.0, 380.0)
_HEADER_BYTES = 44
# Four hundredths of a second resolve tones that differ by 60 Hz.
_FRAME_S = 0.04
_AUDIBLE = 50_000.0
_FINGERPRINTS = body("parakeet.diarize-chunk.json")["fingerprints"]
_LONG_EMBEDDINGS = body("asr-webservice.whisperx-embeddings.json")["speaker_embeddings"]


@dataclass(frozen=True)
class Person:
    """A speaker of the talk, with the embeddings that engines of several dimensions give."""

    name: str
    embeddings: dict[int, list[float]]


PEOPLE = [
    Person("Ana", {192: _FINGERPRINTS["Speaker_0"], 256: _LONG_EMBEDDINGS["SPEAKER_00"]}),
    Person("Ben", {192: _FINGERPRINTS["Speaker_1"], 256: _LONG_EMBEDDINGS["SPEAKER_01"]}),
]
NAMES = {"A": "Ana", "B": "Ben"}


def recording(times: int = 1) -> bytes:
    """Return the talk as a WAV, as often as wanted."""
    samples = np.zeros(int(LENGTH_S * SAMPLE_RATE))
    at = np.arange(len(samples)) / SAMPLE_RATE
    for turn, frequency in zip(TURNS, _FREQUENCIES, strict=True):
        inside = (at >= turn["start"]) & (at < turn["end"])
        samples[inside] = 8000 * np.sin(2 * np.pi * frequency * at[inside])
    return wav(np.tile(samples, times).astype(np.int16))


def sentence_in(file: bytes) -> int | None:
    """Return which sentence of the talk a WAV has most of; None for silence."""
    samples = np.frombuffer(file[_HEADER_BYTES:], dtype="<i2")
    spectrum = np.abs(np.fft.rfft(samples, SAMPLE_RATE))
    loudest = int(np.argmax(spectrum))
    if not len(samples) or spectrum[loudest] == 0:
        return None
    return int(np.argmin([abs(loudest - frequency) for frequency in _FREQUENCIES]))


def person_in(file: bytes) -> Person | None:
    """Return who talks in a WAV; None for silence."""
    sentence = sentence_in(file)
    return None if sentence is None else PEOPLE[sentence % 2]


def known_voiceprints(dimension: int) -> dict[str, Sequence[float]]:
    """Return the people's voices as a client sends them."""
    return {person.name: person.embeddings[dimension] for person in PEOPLE}


def turns_in(file: bytes) -> list[tuple[float, float, int]]:
    """Return when a sentence of the talk begins and ends in a WAV, in seconds, and which it is."""
    samples = np.frombuffer(file[_HEADER_BYTES:], dtype="<i2").astype(float)
    length = int(_FRAME_S * SAMPLE_RATE)
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    spectrum = np.abs(np.fft.rfft(frames, axis=1))
    loudest = spectrum.argmax(axis=1) / _FRAME_S
    nearest = np.abs(loudest[:, None] - np.array(_FREQUENCIES)).argmin(axis=1)
    heard = np.where(spectrum.max(axis=1) > _AUDIBLE, nearest, -1)
    edges = np.flatnonzero(np.diff(heard, prepend=-2, append=-2))
    return [
        (begin * _FRAME_S, end * _FRAME_S, int(heard[begin]))
        for begin, end in pairwise(edges.tolist())
        if heard[begin] >= 0
    ]
