"""The linking of chunks: which labels of different chunks are one speaker.

A diarizer processes a long recording in chunks, and its labels start over in each. Labels with
similar embeddings are one speaker; two labels that talk at the same time in one chunk are two; and
where two chunks overlap, labels that talk at the same moments are one.

Conventions
-----------
Times are in seconds; distances are 1 minus the cosine, from 0 to 2. A label without a turn in its
chunk's own time (see `chunk_overlaps`) is ignored: that time belongs to the neighbouring chunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from audio.merge.chunks.chunk_overlaps import (
    NO_SPEAKER,
    Chunk,
    Spans,
    common_seconds,
    cut_turns,
    find_lone_speakers,
    join_turns,
    label_spans,
)
from audio.merge.chunks.constrained_clustering import (
    LINKING_RULE,
    LinkingRule,
    Matrix,
    Pairs,
    cluster,
)
from audio.merge.diarized_speakers import speaking_time
from audio.merge.intervals import NOISE_S
from audio.merge.naming.voices.voice_similarity import NOISE, unit
from audio.merge.values import Diarization, Embedding, Turn

# The edges of a turn vary by up to 0.25 s (`LABELLING` of the pipeline), and two diarizations of
# one turn have four edges: labels that share less than a second may do so by chance.
CHANCE_S = 1.0


@dataclass(frozen=True, slots=True)
class LinkedRecording:
    """The diarization of a whole recording, and the speaker of each ``(chunk, label)``.

    ``labels`` lacks the labels without a turn in their chunk's own time.
    """

    diarization: Diarization
    labels: Mapping[tuple[int, str], str]


@dataclass(frozen=True, slots=True)
class _Label:
    """A label of one chunk, its seconds of speech in the chunk's own time, and its embedding."""

    chunk: int
    name: str
    seconds: float
    embedding: Embedding | None


def link_chunks(chunks: Sequence[Chunk], *, rule: LinkingRule = LINKING_RULE) -> LinkedRecording:
    """Link the diarizations of chunks into one of the whole recording.

    Labels are clustered by average linkage on the distance of their embeddings, weighted by
    speaking time. Labels that talk at the same time in a chunk are never one speaker. Two labels
    of one chunk that are farther apart than the cut become one only where there would be more than
    ``max_speakers``. The distance of two labels of neighbouring chunks shrinks with their
    agreement in the overlap: by half the ratio of the time in which both talk to the time in which
    either does (at least 1 s). Time with overlapping speech in one of the chunks does not count.
    Labels whose embeddings cannot be compared are linked by the agreement alone: their distance is
    1 minus the whole ratio.

    Parameters
    ----------
    chunks
        By start and by end, in seconds; they may overlap and leave gaps.
    rule
        How similar a speaker's labels are, and how many speakers there may be. Labels that talk at
        the same time stay apart even where that makes more than ``max_speakers``.

    Returns
    -------
    LinkedRecording
        Turns by start, each moment from one chunk; ``Speaker_0``, ``Speaker_1``, … in order of
        first appearance; for each speaker with an embedding the mean of the labels' embeddings,
        weighted by speaking time, at length 1. Without chunks an empty diarization of 0 s.

    Raises
    ------
    ValueError
        When a time is not finite, or the chunks are not in order.

    Examples
    --------
    >>> one, other = (
    ...     Diarization((Turn(2.0, 4.0, label),), (label,), {label: np.array([3.0, 4.0])})
    ...     for label in ("A", "B")
    ... )
    >>> linked = link_chunks([Chunk(0.0, 9.0, one), Chunk(8.0, 17.0, other)])
    >>> linked.labels
    {(0, 'A'): 'Speaker_0', (1, 'B'): 'Speaker_0'}
    >>> [(turn.start, turn.end) for turn in linked.diarization.turns]
    [(2.0, 4.0), (10.0, 12.0)]

    """
    own_turns = cut_turns(chunks)
    labels = _by_first_appearance(chunks, own_turns)
    numbers: list[dict[str, int]] = [{} for _ in chunks]
    for number, label in enumerate(labels):
        numbers[label.chunk][label.name] = number
    spans = [label_spans(chunk, known) for chunk, known in zip(chunks, numbers, strict=True)]
    distances = _distances(labels)
    for (one, other), (first, second) in zip(pairwise(spans), pairwise(chunks), strict=True):
        both = second.start, first.end
        _draw_together(distances, one.within(*both), other.within(*both))
    seconds = np.array([label.seconds for label in labels])
    apart = _talk_together(spans, len(labels))
    unlike = _unlike_in_a_chunk(labels, distances, rule.cut)
    groups = cluster(distances, seconds, apart, unlike=unlike, rule=rule)
    speakers = [f"Speaker_{group}" for group in groups.tolist()]
    return _linked(chunks, own_turns, labels, speakers)


def _by_first_appearance(chunks: Sequence[Chunk], own_turns: Sequence[list[Turn]]) -> list[_Label]:
    first: dict[tuple[int, str], float] = {}
    labels = {}
    for at, (chunk, turns) in enumerate(zip(chunks, own_turns, strict=True)):
        for turn in turns:
            first[at, turn.speaker] = min(turn.start, first.get((at, turn.speaker), np.inf))
        for name, seconds in speaking_time(turns).items():
            vector = chunk.diarization.embeddings.get(name)
            known = None if vector is None or not vector.any() else unit(vector)
            labels[at, name] = _Label(at, name, seconds, known)
    return [labels[key] for key in sorted(labels, key=first.__getitem__)]


def _distances(labels: Sequence[_Label]) -> Matrix:
    """Return distances of shape ``(labels, labels)``, NaN where unknown."""
    distances = np.full((len(labels), len(labels)), np.nan)
    by_dimension: dict[int, dict[int, Embedding]] = {}
    for number, label in enumerate(labels):
        if label.embedding is not None:
            by_dimension.setdefault(len(label.embedding), {})[number] = label.embedding
    for embeddings in by_dimension.values():
        rows = np.stack(list(embeddings.values()))
        indices = list(embeddings)
        distances[np.ix_(indices, indices)] = np.clip(1.0 - rows @ rows.T, 0.0, 2.0)
    return distances


def _draw_together(distances: Matrix, one: Spans, other: Spans) -> None:
    """Shrink the distances of two chunks' labels by their agreement in the overlap.

    In overlapping speech each label agrees with every other: that time does not count. A label
    that mixes two people agrees with both, so agreement alone does not make two labels one.
    """
    seconds, here, there = find_lone_speakers(one, other)
    for row, column in {*zip(here.tolist(), there.tolist(), strict=True)}:
        if row == NO_SPEAKER or column == NO_SPEAKER:
            continue
        both = seconds[(here == row) & (there == column)].sum()
        either = seconds[(here == row) | (there == column)].sum()
        apart, agreed = distances[row, column], both / max(either, CHANCE_S)
        near = 1.0 - agreed if np.isnan(apart) else apart * (1.0 - agreed / 2)
        distances[row, column] = near
        distances[column, row] = distances[row, column]


def _talk_together(spans: Sequence[Spans], labels: int) -> Pairs:
    """Return which labels talk at the same time in one chunk, shape ``(labels, labels)``."""
    apart = np.zeros((labels, labels), dtype=np.bool_)
    for chunk in spans:
        one, other = np.nonzero(common_seconds(chunk, chunk) > NOISE_S)
        apart[chunk.labels[one], chunk.labels[other]] = True
    return apart


def _unlike_in_a_chunk(labels: Sequence[_Label], distances: Matrix, cut: float) -> Pairs:
    """Return which labels of one chunk are farther apart than the cut, ``(labels, labels)``.

    Another chunk may merge the two people into one label, which is near to both; it must not link
    them.
    """
    chunks = np.array([label.chunk for label in labels], dtype=np.intp)
    same_chunk: Pairs = chunks[:, np.newaxis] == chunks
    return same_chunk & (distances > cut + NOISE)


def _linked(
    chunks: Sequence[Chunk],
    own_turns: Sequence[list[Turn]],
    labels: Sequence[_Label],
    speakers: Sequence[str],
) -> LinkedRecording:
    known = {
        (label.chunk, label.name): speaker for label, speaker in zip(labels, speakers, strict=True)
    }
    turns = [
        replace(turn, speaker=known[at, turn.speaker])
        for at, own in enumerate(own_turns)
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
    """Return the mean of each speaker's embeddings that are as long as the first."""
    sums: dict[str, Embedding] = {}
    for label, speaker in zip(labels, speakers, strict=True):
        if label.embedding is not None:
            weighted = label.seconds * label.embedding
            if len(sums.setdefault(speaker, np.zeros_like(weighted))) == len(weighted):
                sums[speaker] = sums[speaker] + weighted
    return {speaker: unit(total) for speaker, total in sums.items() if total.any()}
