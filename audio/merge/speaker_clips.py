"""The parts of a recording that an engine hears by themselves, by what a diarizer found.

Clips in which one speaker talks alone, for engines that embed a voice; and spans of speech, for
engines that transcribe without times.

Conventions
-----------
Times are in seconds from the start of the recording; similarities are cosines.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from audio.merge.intervals import edges
from audio.merge.naming.joint_table import course
from audio.merge.naming.voices.voice_similarity import unit
from audio.merge.values import UNKNOWN_SPEAKER, Embedding, Span, Turn

# Diarizers move the edges of turns into other speech or into silence.
EDGE_S = 0.1
SHORTEST_CLIP_S, LONGEST_CLIP_S = 2.0, 8.0
# A label with less lone speech has no embedding; without long clips, shorter ones count.
NEEDED_S = 1.5
SHORTEST_OF_SHORT_S = 0.5
LONGEST_IN_ALL_S = 60.0
# Turns of one label that are closer are one span of speech.
LONGEST_PAUSE_S = 1.0
# A clip less similar to the median direction is another voice, or noise.
MIN_SIMILARITY = 0.5


def choose_clips(
    turns: Sequence[Turn], *, longest_s: float = LONGEST_IN_ALL_S
) -> dict[str, tuple[Span, ...]]:
    """Choose clips in which one label talks alone, spread over the recording.

    Parameters
    ----------
    turns
        In any order; those of `UNKNOWN_SPEAKER` belong to no clip.
    longest_s
        The most seconds of clips of one label, at least one clip.

    Returns
    -------
    dict
        The clips by label, each of 2 to 8 s; of 0.5 s and more where a label has no longer ones.
        Labels with less than 1.5 s in all are missing.

    Examples
    --------
    >>> choose_clips([Turn(0.0, 4.2, "A"), Turn(4.0, 5.0, "B")])
    {'A': (Span(start=0.1, end=3.9),)}

    """
    pieces: dict[str, list[Span]] = {}
    for label, span in _lone_spans(turns):
        pieces.setdefault(label, []).extend(_divided(span, LONGEST_CLIP_S))
    chosen = {label: _chosen(clips, longest_s) for label, clips in pieces.items()}
    return {label: clips for label, clips in chosen.items() if clips}


def mean_embedding(embeddings: Sequence[Embedding], seconds: Sequence[float]) -> Embedding | None:
    """Return the mean of a voice's embeddings, weighted by the lengths of their clips.

    Parameters
    ----------
    embeddings
        Of one dimension, each of another clip of one label.
    seconds
        The lengths of the clips.

    Returns
    -------
    Embedding or None
        A vector of length 1 of the embeddings that are similar to the median direction; None where
        no embedding has a length.

    Examples
    --------
    >>> voice, noise = np.array([2.0, 0.0]), np.array([-1.0, 0.0])
    >>> mean_embedding([voice, voice, noise], [3.0, 3.0, 3.0])
    array([1., 0.])

    """
    usable = [(unit(one), s) for one, s in zip(embeddings, seconds, strict=True) if one.any()]
    if not usable:
        return None
    rows = np.stack([row for row, _ in usable])
    weights = np.array([length for _, length in usable])
    median = np.median(rows, axis=0)
    similar = rows @ (unit(median) if median.any() else rows[0]) >= MIN_SIMILARITY
    if not similar.any():
        similar[:] = True
    mean: Embedding = weights[similar] @ rows[similar]
    return unit(mean) if mean.any() else None


def speech_spans(turns: Sequence[Turn], *, longest_s: float) -> tuple[Span, ...]:
    """Return the spans in which each label talks, for a transcription of each.

    Parameters
    ----------
    turns
        In any order, in seconds.
    longest_s
        A longer span is divided evenly.

    Returns
    -------
    tuple of Span
        By start. A label's turns that are at most 1 s apart are one span, if it is not too long;
        spans of different labels may overlap.

    Examples
    --------
    >>> speech_spans([Turn(0.0, 1.0, "A"), Turn(1.5, 3.0, "A"), Turn(2.0, 4.0, "B")], longest_s=9)
    (Span(start=0.0, end=3.0), Span(start=2.0, end=4.0))

    """
    last: dict[str, int] = {}
    spans: list[Span] = []
    for turn in sorted(turns, key=lambda turn: turn.start):
        before = last.get(turn.speaker)
        if before is not None:
            joined = Span(spans[before].start, max(spans[before].end, turn.end))
            is_near = turn.start - spans[before].end <= LONGEST_PAUSE_S
            if is_near and _length(joined) <= longest_s:
                spans[before] = joined
                continue
        last[turn.speaker] = len(spans)
        spans.append(Span(turn.start, turn.end))
    parts = [part for span in spans for part in _divided(span, longest_s)]
    return tuple(sorted(parts, key=lambda part: part.start))


def _lone_spans(turns: Sequence[Turn]) -> Iterator[tuple[str, Span]]:
    labels = list(dict.fromkeys(turn.speaker for turn in turns))
    groups = np.array([labels.index(turn.speaker) for turn in turns], dtype=np.intp)
    alone = course(*edges(turns), groups, len(labels))
    for (start, end), owner in zip(pairwise(alone.knots.tolist()), alone.owners, strict=False):
        if owner >= 0 and labels[owner] != UNKNOWN_SPEAKER and end - start > 2 * EDGE_S:
            yield labels[owner], Span(start + EDGE_S, end - EDGE_S)


def _divided(span: Span, longest_s: float) -> Iterator[Span]:
    """Divide a span evenly into as few parts as possible."""
    count = max(1, int(np.ceil(_length(span) / longest_s)))
    for start, end in pairwise(np.linspace(span.start, span.end, count + 1).tolist()):
        yield Span(start, end)


def _chosen(clips: Sequence[Span], longest_s: float) -> tuple[Span, ...]:
    long = [clip for clip in clips if _length(clip) >= SHORTEST_CLIP_S]
    kept = long or [clip for clip in clips if _length(clip) >= SHORTEST_OF_SHORT_S]
    total = sum(map(_length, kept))
    if total < NEEDED_S:
        return ()
    most = max(1, int(len(kept) * longest_s / total)) if total > longest_s else len(kept)
    places = np.linspace(0, len(kept) - 1, most).round().astype(int)
    return tuple(kept[place] for place in places)


def _length(span: Span) -> float:
    return span.end - span.start


def clips_in_order(chosen: Mapping[str, Sequence[Span]]) -> list[tuple[str, Span]]:
    """Return all clips with their labels, by start."""
    listed = [(label, span) for label, spans in chosen.items() for span in spans]
    return sorted(listed, key=lambda one: one[1].start)
