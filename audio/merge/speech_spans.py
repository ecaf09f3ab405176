"""The spans of a recording that hold speech, from its turns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from audio.merge.values import Span, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRule:
    """Which silences separate spans of speech, and which spans are kept; all in seconds.

    `pad_s` is added at both ends of a span; a span ends at the latest after `longest_s`.
    """

    min_silence_s: float = 1.0
    min_speech_s: float = 0.0
    longest_s: float = inf
    pad_s: float = 0.0


SPEECH_RULE = SpeechRule()


def speech_spans(
    turns: Sequence[Turn], duration_s: float, *, rule: SpeechRule = SPEECH_RULE
) -> list[Span]:
    """Return when one or more speakers talk, in order and without overlaps.

    Parameters
    ----------
    turns
        In any order, times in seconds; they may overlap. None give no spans.
    duration_s
        The recording's length: no span ends later.

    Examples
    --------
    >>> turns = [Turn(0.0, 3.0, "a"), Turn(3.5, 4.0, "b"), Turn(6.0, 7.0, "a")]
    >>> speech_spans(turns, 7.2, rule=SpeechRule(pad_s=0.5))
    [Span(start=0.0, end=4.5), Span(start=5.5, end=7.2)]

    """
    kept = [one for one in _joined(turns, rule) if one.end - one.start >= rule.min_speech_s]
    spans: list[Span] = []
    for one in kept:
        before = spans[-1].end if spans else 0.0
        start, end = max(one.start - rule.pad_s, before), min(one.end + rule.pad_s, duration_s)
        if end > start:
            spans.append(Span(start, end))
    return spans


def _joined(turns: Sequence[Turn], rule: SpeechRule) -> Iterator[Span]:
    start, end = 0.0, -inf
    for piece in _pieces(turns, rule.longest_s):
        if piece.start - end < rule.min_silence_s and piece.end - start <= rule.longest_s:
            end = max(end, piece.end)
            continue
        if end > start:
            yield Span(start, end)
        start, end = max(piece.start, end), piece.end
    if end > start:
        yield Span(start, end)


def _pieces(turns: Sequence[Turn], longest_s: float) -> Iterator[Span]:
    """Yield the turns by start, those that are too long in pieces."""
    for turn in sorted(turns, key=lambda one: one.start):
        start = turn.start
        while turn.end - start > longest_s:
            yield Span(start, start + longest_s)
            start += longest_s
        yield Span(start, turn.end)
