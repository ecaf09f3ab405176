"""Which labels of different chunks are one speaker.

A diarizer hears a long recording in chunks, and its labels begin anew in each. Fingerprints say
which labels sound alike; who talks at once in a chunk is two people; and where two chunks overlap,
labels that talk at the same moments are one.

Conventions
-----------
Times in seconds, distances are one less the cosine, from 0 to 2. A label without a turn in its
chunk's own time (see `chunks`) is nobody here: its neighbour tells who talks then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from audio.merge.chunk_overlaps import (
    NOBODY,
    Chunk,
    Spans,
    common_seconds,
    cut_turns,
    find_lone_speakers,
    join_turns,
    label_spans,
)
from audio.merge.clustering import LINKING_RULE, LinkingRule, Matrix, Pairs, cluster
from audio.merge.diarized_speakers import speaking_time
from audio.merge.intervals import NOISE_S
from audio.merge.naming.voice_similarity import NOISE, unit
from audio.merge.values import Diarization, Embedding, Turn

# The edges of a turn vary by up to 0.25 s (pipeline.LABELLING), and two diarizations of one turn
# have four of them: labels that share less than a second may do so by chance.
CHANCE_S = 1.0


@dataclass(frozen=True, slots=True)
class LinkedRecording:
    """Who talks when in a whole recording, and which speaker a ``(chunk, label)`` is.

    ``labels`` knows no label that is nobody.
    """

    diarization: Diarization
    labels: Mapping[tuple[int, str], str]


@dataclass(frozen=True, slots=True)
class _Label:
    """What one chunk calls somebody, and the seconds of the chunk's own time that it talks."""

    chunk: int
    name: str
    seconds: float
    embedding: Embedding | None


def link_chunks(chunks: Sequence[Chunk], *, rule: LinkingRule = LINKING_RULE) -> LinkedRecording:
    """Tell who talks when in a recording that was diarized in chunks.

    Labels are clustered by average linkage on the distance of their fingerprints, weighted by
    speaking time. Labels that talk at once in a chunk are never one speaker; labels that a chunk
    tells apart, and that are farther apart than the cut, are one only where there would be too
    many. The distance of two labels of neighbouring chunks shrinks by how far they agree in what
    the chunks share: by half the share of the time either talks (at least 1 s) that both do. Time
    in which one of the chunks hears several at once does not count. Labels whose fingerprints
    cannot be compared are linked by that alone: they are that whole share nearer than 1.

    Parameters
    ----------
    chunks
        By start and by end, in seconds; they may overlap and leave gaps.
    rule
        How alike a speaker's labels are, and how many speakers there may be. What talks at once
        stays apart even where that makes more than ``max_speakers``.

    Returns
    -------
    LinkedRecording
        Turns by start, every moment told by one chunk; ``Speaker_0``, ``Speaker_1``, … in order of
        first appearance; for each speaker with any fingerprint the mean of the labels', weighted
        by speaking time, at length 1. No chunks make an empty recording without length.

    Raises
    ------
    ValueError
        When a time is not finite, or the chunks are not in order.

    Examples
    --------
    >>> talk = [Diarization((Turn(2.0, 4.0, label),), (label,), {label: np.array([3.0, 4.0])})
    ...         for label in ("A", "B")]
    >>> linked = link_chunks([Chunk(0.0, 9.0, talk[0]), Chunk(8.0, 17.0, talk[1])])
    >>> linked.labels
    {(0, 'A'): 'Speaker_0', (1, 'B'): 'Speaker_0'}
    >>> [(turn.start, turn.end) for turn in linked.diarization.turns]
    [(2.0, 4.0), (10.0, 12.0)]

    """
    told = cut_turns(chunks)
    labels = _by_first_appearance(chunks, told)
    places: list[dict[str, int]] = [{} for _ in chunks]
    for place, label in enumerate(labels):
        places[label.chunk][label.name] = place
    spans = [label_spans(chunk, known) for chunk, known in zip(chunks, places, strict=True)]
    distances = _distances(labels)
    for (one, other), (first, second) in zip(pairwise(spans), pairwise(chunks), strict=True):
        both = second.start, first.end
        _draw_together(distances, one.within(*both), other.within(*both))
    seconds = np.array([label.seconds for label in labels])
    apart, unlike = _at_once(spans, len(labels)), _told_apart(labels, distances, rule.cut)
    groups = cluster(distances, seconds, apart, unlike=unlike, rule=rule)
    speakers = [f"Speaker_{group}" for group in groups.tolist()]
    return _linked(chunks, told, labels, speakers)


def _by_first_appearance(chunks: Sequence[Chunk], told: Sequence[list[Turn]]) -> list[_Label]:
    first: dict[tuple[int, str], float] = {}
    labels = {}
    for at, (chunk, turns) in enumerate(zip(chunks, told, strict=True)):
        for turn in turns:
            first[at, turn.speaker] = min(turn.start, first.get((at, turn.speaker), np.inf))
        for name, seconds in speaking_time(turns).items():
            vector = chunk.diarization.embeddings.get(name)
            known = None if vector is None or not vector.any() else unit(vector)
            labels[at, name] = _Label(at, name, seconds, known)
    return [labels[key] for key in sorted(labels, key=first.__getitem__)]


def _distances(labels: Sequence[_Label]) -> Matrix:
    """Return distances of shape ``(labels, labels)``, not a number where nothing is known."""
    distances = np.full((len(labels), len(labels)), np.nan)
    alike: dict[int, dict[int, Embedding]] = {}
    for place, label in enumerate(labels):
        if label.embedding is not None:
            alike.setdefault(len(label.embedding), {})[place] = label.embedding
    for prints in alike.values():
        rows = np.stack(list(prints.values()))
        distances[np.ix_(list(prints), list(prints))] = np.clip(1.0 - rows @ rows.T, 0.0, 2.0)
    return distances


def _draw_together(distances: Matrix, one: Spans, other: Spans) -> None:
    """Shrink the distances of two chunks' labels by how far these agree on the time of both.

    While several talk at once, each agrees with everybody: that time says nothing. A label that
    is two people's agrees with both, so agreement alone does not make labels alike.
    """
    seconds, here, there = find_lone_speakers(one, other)
    for row, column in {*zip(here.tolist(), there.tolist(), strict=True)}:
        if row == NOBODY or column == NOBODY:
            continue
        both = seconds[(here == row) & (there == column)].sum()
        either = seconds[(here == row) | (there == column)].sum()
        apart, agreed = distances[row, column], both / max(either, CHANCE_S)
        near = 1.0 - agreed if np.isnan(apart) else apart * (1.0 - agreed / 2)
        distances[row, column] = near
        distances[column, row] = distances[row, column]


def _at_once(spans: Sequence[Spans], labels: int) -> Pairs:
    """Return which labels talk at the same time in one chunk, of shape ``(labels, labels)``."""
    apart = np.zeros((labels, labels), dtype=np.bool_)
    for chunk in spans:
        one, other = np.nonzero(common_seconds(chunk, chunk) > NOISE_S)
        apart[chunk.labels[one], chunk.labels[other]] = True
    return apart


def _told_apart(labels: Sequence[_Label], distances: Matrix, cut: float) -> Pairs:
    """Return which labels of one chunk do not sound alike, of shape ``(labels, labels)``.

    A chunk that takes two people for one makes a label that is near to both; it must not make one
    speaker of them.
    """
    chunks = np.array([label.chunk for label in labels], dtype=np.intp)
    together: Pairs = chunks[:, np.newaxis] == chunks
    return together & (distances > cut + NOISE)


def _linked(
    chunks: Sequence[Chunk],
    told: Sequence[list[Turn]],
    labels: Sequence[_Label],
    speakers: Sequence[str],
) -> LinkedRecording:
    known = {
        (label.chunk, label.name): speaker for label, speaker in zip(labels, speakers, strict=True)
    }
    turns = [
        replace(turn, speaker=known[at, turn.speaker])
        for at, own in enumerate(told)
        for turn in own
    ]
    whole = Diarization(
        turns=join_turns(turns),
        speakers=tuple(dict.fromkeys(speakers)),
        embeddings=_embeddings(labels, speakers),
        duration=chunks[-1].end if chunks else 0.0,
        models={key: model for one in chunks for key, model in one.diarization.models.items()},
    )
    return LinkedRecording(whole, known)


def _embeddings(labels: Sequence[_Label], speakers: Sequence[str]) -> dict[str, Embedding]:
    """Return the mean of each speaker's fingerprints that are as long as the first."""
    sums: dict[str, Embedding] = {}
    for label, speaker in zip(labels, speakers, strict=True):
        if label.embedding is not None:
            weighed = label.seconds * label.embedding
            if len(sums.setdefault(speaker, np.zeros_like(weighed))) == len(weighed):
                sums[speaker] = sums[speaker] + weighed
    return {speaker: unit(total) for speaker, total in sums.items() if total.any()}
