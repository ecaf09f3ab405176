"""The rules of the merge core said a second time, slowly and obviously, to compare with."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audio.merge.timeline import UNKNOWN_SPEAKER, Hint, Turn, Word


def plain_label(word: Word, turns: Sequence[Turn], tolerance_s: float) -> str:
    in_order = sorted(turns, key=lambda turn: turn.start)
    midpoint = (word.start + word.end) / 2
    for turn in in_order:
        if turn.start <= midpoint <= turn.end:
            return turn.speaker
    longest = max(in_order, key=lambda turn: _shared(word, turn), default=None)
    if longest and _shared(word, longest) > 0:
        return longest.speaker
    nearest = min(in_order, key=lambda turn: _gap(word, turn), default=None)
    if nearest and tolerance_s > 0 and _gap(word, nearest) <= tolerance_s:
        return nearest.speaker
    return UNKNOWN_SPEAKER


def plain_runs(words: Sequence[Word], speakers: Sequence[str]) -> list[tuple[int, int, str]]:
    """Start, end and speaker of each block."""
    blocks: list[tuple[int, int, str]] = []
    by_start = sorted(zip(words, speakers, strict=True), key=lambda pair: pair[0].start)
    for word, speaker in by_start:
        start, end = round(word.start * 1000), round(word.end * 1000)
        if blocks and blocks[-1][2] == speaker and start - blocks[-1][1] <= 1500:
            blocks[-1] = (blocks[-1][0], max(blocks[-1][1], end), speaker)
        else:
            blocks.append((start, end, speaker))
    return blocks


def plain_shown(turns: Sequence[Turn], hints: Sequence[Hint], speaker: str) -> dict[str, float]:
    """Seconds of each name while the speaker talks, counted on a grid of quarter seconds."""
    seconds: dict[str, float] = {}
    own = [turn for turn in turns if turn.speaker == speaker]
    for name in {hint.name for hint in hints}:
        lit = [hint for hint in hints if hint.name == name]
        for turn in own:
            for instant in np.arange(turn.start, turn.end, 0.25):
                if any(hint.start <= instant < hint.end for hint in lit):
                    seconds[name] = seconds.get(name, 0.0) + 0.25
    return seconds


def plain_level(samples: NDArray[np.float32], rate: int, start: float, end: float) -> float:
    window = samples[round(start * rate) : round(end * rate)].astype(np.float64)
    return float(np.sqrt(np.mean((window - window.mean()) ** 2)))


def random_times(random: Generator, count: int, longest: int) -> list[tuple[float, float]]:
    """Starts and ends on a grid of quarter seconds, so that ties are many and sums exact."""
    starts = random.integers(0, 80, count) / 4
    return [
        (float(start), float(start + length))
        for start, length in zip(starts, random.integers(0, longest, count) / 4, strict=True)
    ]


def random_words(random: Generator, count: int) -> list[Word]:
    return [Word(start, end, "word") for start, end in random_times(random, count, 12)]


def random_turns(random: Generator, count: int) -> list[Turn]:
    times = random_times(random, count, 16)
    return [
        Turn(start, end, f"Speaker_{speaker}")
        for (start, end), speaker in zip(times, random.integers(0, 4, count), strict=True)
    ]


def random_hints(random: Generator, count: int) -> list[Hint]:
    times = random_times(random, count, 16)
    return [
        Hint(start, end, f"Name {name}")
        for (start, end), name in zip(times, random.integers(0, 4, count), strict=True)
    ]


def _shared(word: Word, turn: Turn) -> float:
    return min(word.end, turn.end) - max(word.start, turn.start)


def _gap(word: Word, turn: Turn) -> float:
    return max(0.0, turn.start - word.end, word.start - turn.end)
