"""The rules of the merge core as plain loops: slow and obvious.

Tests compare `audio.merge` with them, and `merge_speed` measures against them.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from audio.merge.intervals import NOISE_S
from audio.merge.naming.voices.voice_similarity import NOISE
from audio.merge.values import UNKNOWN_SPEAKER, Block, TimelineEntry, Turn, Voices, Word
from audio.merge.words.word_spacing import join_words

Span = tuple[float, float]
Vector = Sequence[float]


def plain_labels(words: Sequence[Word], turns: Sequence[Turn], tolerance_s: float) -> list[str]:
    """Label words by the turn around the midpoint, else the longest overlap, else the nearest."""
    in_order = sorted(turns, key=lambda turn: turn.start)
    return [_plain_label(word, in_order, tolerance_s) for word in words]


def _plain_label(word: Word, in_order: Sequence[Turn], tolerance_s: float) -> str:
    midpoint = (word.start + word.end) / 2
    for turn in in_order:
        if turn.start <= midpoint <= turn.end:
            return turn.speaker
    longest = _first_best(in_order, lambda turn: _shared(word, turn))
    if longest and _shared(word, longest) > 0:
        return longest.speaker
    nearest = _first_best(in_order, lambda turn: -_gap(word, turn))
    if nearest and tolerance_s > 0 and _gap(word, nearest) <= tolerance_s + NOISE_S:
        return nearest.speaker
    return UNKNOWN_SPEAKER


def plain_blocks(words: Sequence[Word], speakers: Sequence[str]) -> list[Block]:
    """Group consecutive words of one speaker without a silence of more than 1.5 s."""
    blocks: list[tuple[int, int, str, list[Word]]] = []
    spoken = [pair for pair in zip(words, speakers, strict=True) if pair[0].text.strip()]
    for word, speaker in sorted(spoken, key=lambda pair: pair[0].start):
        start = round(word.start * 1000)
        end = max(start, round(word.end * 1000))
        if blocks and blocks[-1][2] == speaker and start - blocks[-1][1] <= 1500:
            begun, until, _, own = blocks[-1]
            blocks[-1] = (begun, max(until, end), speaker, [*own, word])
        else:
            blocks.append((start, end, speaker, [word]))
    return [Block(start, end, speaker, join_words(own)) for start, end, speaker, own in blocks]


def plain_shown(
    turns: Sequence[Turn], entries: Sequence[TimelineEntry]
) -> dict[str, tuple[str, float]]:
    """Return the name shown longest during each speaker's turns, and its share of their time."""
    spans_by_name = _shown_spans(entries)
    found = {}
    for speaker in dict.fromkeys(turn.speaker for turn in turns):
        own = [turn for turn in turns if turn.speaker == speaker]
        shown = {name: _time_shown(own, spans) for name, spans in spans_by_name.items()}
        most = max((seconds for seconds, _ in shown.values()), default=0.0)
        if most > NOISE_S:
            tied = [name for name in shown if shown[name][0] >= most - NOISE_S]
            winner = min(tied, key=lambda name: shown[name][1])
            total = sum(max(0.0, turn.end - turn.start) for turn in own)
            found[speaker] = (winner, min(1.0, shown[winner][0] / total))
    return found


def _shown_spans(entries: Sequence[TimelineEntry]) -> dict[str, list[Span]]:
    """Return the spans in which each name is shown; repeated entries count once."""
    spans_by_name: dict[str, list[Span]] = {
        entry.name.strip(): [] for entry in entries if _counts(entry)
    }
    for entry in sorted(filter(_counts, entries), key=lambda entry: entry.start):
        spans = spans_by_name[entry.name.strip()]
        if spans and entry.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], entry.end))
        else:
            spans.append((entry.start, entry.end))
    return spans_by_name


def _counts(entry: TimelineEntry) -> bool:
    return bool(entry.name.strip()) and entry.end > entry.start


def _time_shown(own: Sequence[Turn], spans: Sequence[Span]) -> tuple[float, float]:
    """Return the seconds of turns with the name shown, and when it is first shown."""
    seconds, first = 0.0, math.inf
    for turn in own:
        for start, end in spans:
            shared = min(turn.end, end) - max(turn.start, start)
            if shared > 0:
                seconds += shared
                first = min(first, max(turn.start, start))
    return seconds, first


def plain_nearest(
    embeddings: Mapping[str, Vector], voices: Voices
) -> dict[str, tuple[str, float]]:
    """Return the name of the first known voice with the largest cosine, and that cosine."""
    known = voices.vectors.tolist()
    nearest = {}
    for speaker, vector in embeddings.items():
        best, name = -math.inf, ""
        for row, candidate in zip(known, voices.names, strict=True):
            cosine = _cosine(vector, row)
            if cosine > best + NOISE:
                best, name = cosine, candidate
        nearest[speaker] = (name, best)
    return nearest


def _cosine(one: Vector, other: Vector) -> float:
    product = own = theirs = 0.0
    for a, b in zip(one, other, strict=True):
        product += a * b
        own += a * a
        theirs += b * b
    return product / math.sqrt(own * theirs) if own and theirs else -math.inf


def plain_local_words(
    mic: NDArray[np.float32], system: NDArray[np.float32], rate: int, words: Sequence[Word]
) -> list[Word]:
    """Return the words at least 1.2 times as loud on the mic track as on the system track."""
    return [
        word
        for word in words
        if plain_level(mic, rate, word.start, word.end)
        > 1.2 * plain_level(system, rate, word.start, word.end)
    ]


def plain_level(samples: NDArray[np.float32], rate: int, start: float, end: float) -> float:
    """Return the root mean square of a window without its mean."""
    window = samples[round(start * rate) : round(end * rate)].tolist()
    total = power = 0.0
    for sample in window:
        total += sample
    mean = total / len(window)
    for sample in window:
        power += (sample - mean) * (sample - mean)
    return math.sqrt(power / len(window))


def plain_groups(
    distances: Sequence[Sequence[float]],
    seconds: Sequence[float],
    apart: Sequence[Sequence[bool]],
    cut: float,
) -> list[int]:
    """Return each item's group: the nearest two join while they are at most ``cut`` apart."""
    groups = [[item] for item in range(len(seconds))]
    while len(groups) > 1:
        pairs = [
            (_mean_distance(one, other, distances, seconds), at, to)
            for at, one in enumerate(groups)
            for to, other in enumerate(groups)
            if at < to and not any(apart[a][b] for a in one for b in other)
        ]
        nearest, at, to = min(pairs, default=(math.inf, 0, 0))
        if nearest > cut:
            break
        groups[at] += groups.pop(to)
    return [
        next(at for at, group in enumerate(groups) if item in group)
        for item in range(len(seconds))
    ]


def _mean_distance(
    one: Sequence[int],
    other: Sequence[int],
    distances: Sequence[Sequence[float]],
    seconds: Sequence[float],
) -> float:
    known = [(a, b) for a in one for b in other if not math.isnan(distances[a][b])]
    weight = sum(seconds[a] * seconds[b] for a, b in known)
    total = sum(seconds[a] * seconds[b] * distances[a][b] for a, b in known)
    return total / weight if known else math.inf


def _first_best(turns: Sequence[Turn], score: Callable[[Turn], float]) -> Turn | None:
    best, highest = None, -math.inf
    for turn in turns:
        scored = score(turn)
        if scored > highest:
            best, highest = turn, scored
    return best


def _shared(word: Word, turn: Turn) -> float:
    return min(word.end, turn.end) - max(word.start, turn.start)


def _gap(word: Word, turn: Turn) -> float:
    return max(0.0, turn.start - word.end, word.start - turn.end)
