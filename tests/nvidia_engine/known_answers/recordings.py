"""Recordings whose words and speakers are known: tones on whole frames of 80 ms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nvidia_engine.features import SAMPLE_RATE, Samples, mel_filters
from tests.nvidia_engine.known_answers.voice_graphs import BANDS, GROUP
from tests.nvidia_engine.known_answers.word_graphs import TONES, bands_of

FRAME = 1280
FRAME_S = FRAME / SAMPLE_RATE
_FADE = 320
_PREEMPHASIS = 0.97
# Voices waver, so that their bands move together.
_WAVER_HZ, _WAVER = 3.0, 0.5


@dataclass(frozen=True, slots=True)
class SpokenTurns:
    """Samples, and who speaks in which frame: (frames, voices)."""

    samples: Samples
    truth: NDArray[np.bool_]


def spoken_turns(seconds: float, voices: int, seed: int = 5) -> SpokenTurns:
    """Let voices take turns of 0.8 to 6 s, a third of them overlapped by another voice.

    Each voice is heard alone first; gaps of one voice are longer than those that are filled.
    """
    rng, frames = np.random.default_rng(seed), round(seconds / FRAME_S)
    truth = np.zeros((frames, voices), bool)
    at, taken = 5, {-1}
    order = list(rng.permutation(voices))
    while at < frames - 90:
        speaker = order.pop() if order else _other(rng, voices, taken)
        length = int(rng.integers(10, 75))
        truth[at : at + length, speaker] = True
        taken = {speaker}
        if not order and rng.random() < 0.33:
            second = _other(rng, voices, taken)
            truth[at + length // 2 : at + length // 2 + 12, second] = True
            taken.add(second)
        at += max(length, length // 2 + 12) + int(rng.integers(8, 20))
    return SpokenTurns(voices_of(truth), truth)


def _other(rng: np.random.Generator, voices: int, taken: set[int]) -> int:
    return int(rng.choice([voice for voice in range(voices) if voice not in taken]))


def voices_of(truth: NDArray[np.bool_]) -> Samples:
    """Make the samples in which these voices, (frames, voices), speak."""
    samples = _noise(len(truth) * FRAME, 2e-4)
    for voice in range(truth.shape[1]):
        for first, last in runs(truth[:, voice]):
            time = np.arange(first * FRAME, last * FRAME) / SAMPLE_RATE
            wave = (1 + _WAVER * np.sin(2 * np.pi * _WAVER_HZ * time)) * _tone(
                voice * GROUP + GROUP // 2, time
            )
            samples[first * FRAME : last * FRAME] += _faded(wave)
    return samples


def _tone(band: int, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a tone in a mel band, as loud after pre-emphasis as any other."""
    pitch = int(np.argmax(mel_filters(BANDS)[band])) * SAMPLE_RATE / 512
    turn = 2 * np.pi * pitch / SAMPLE_RATE
    gain = 0.01 / abs(1 - _PREEMPHASIS * np.exp(-1j * turn))
    return np.asarray(gain * np.sin(2 * np.pi * pitch * time))


def runs(is_active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """List first frame and end of each run."""
    edges = np.flatnonzero(np.diff(is_active.astype(np.int8), prepend=0, append=0))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def expected_turns(truth: NDArray[np.bool_]) -> list[tuple[str, float, float]]:
    """List the turns with labels in the order of first speech, by start."""
    spans = [(voice, *run) for voice in range(truth.shape[1]) for run in runs(truth[:, voice])]
    order = list(dict.fromkeys(voice for voice, _, _ in sorted(spans, key=lambda span: span[1:])))
    found = [
        (f"Speaker_{order.index(voice)}", round(first * FRAME_S, 3), round(last * FRAME_S, 3))
        for voice, first, last in spans
    ]
    return sorted(found, key=lambda turn: (turn[1], turn[2], turn[0]))


def spoken_words(seconds: float) -> tuple[Samples, list[tuple[str, float]]]:
    """Make tones of 0.3 to 0.6 s on whole frames, and return which word begins when."""
    rng, at, words = np.random.default_rng(3), 10, []
    samples = _noise(round(seconds * SAMPLE_RATE), 5e-3)
    tone = 0
    while at * FRAME_S < seconds - 2:
        tone = (tone + int(rng.integers(1, TONES))) % TONES
        length = int(rng.integers(4, 8))
        centre = int(np.argmax(mel_filters(BANDS)[bands_of(tone).start + 4])) * SAMPLE_RATE / 512
        time = np.arange(length * FRAME) / SAMPLE_RATE
        wave = 0.3 * np.sin(2 * np.pi * centre * time)
        samples[at * FRAME : (at + length) * FRAME] += _faded(wave)
        words.append((f"word{tone}", at * FRAME_S))
        at += length + int(rng.integers(1, 6))
    return samples, words


def _noise(count: int, loudness: float) -> Samples:
    """Give noise that repeats after a minute: hours of it cost little."""
    minute = np.random.default_rng(0).standard_normal(60 * SAMPLE_RATE, np.float32)
    return np.resize(minute * np.float32(loudness), count)


def _faded(wave: NDArray[np.float64]) -> Samples:
    """Fade in and out: a tone that begins suddenly sounds in every band."""
    wave[:_FADE] *= np.linspace(0, 1, _FADE)
    wave[-_FADE:] *= np.linspace(1, 0, _FADE)
    return wave.astype(np.float32)
