"""When did somebody speak, drawn as bars on a line?"""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 1000.0
# What is nearer together, or shorter, could not be seen.
LEAST = 2.0


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, and which block begins there."""

    start_ms: int
    end_ms: int
    position: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of speech on a line of length WIDTH."""

    x: float
    width: float
    position: int
    at_ms: int


def bars_of(spans: Iterable[Span], duration_ms: float) -> list[Bar]:
    """One bar for all spans that follow closely, none shorter than can be seen."""
    scale = WIDTH / duration_ms if duration_ms else 0.0
    bars: list[Bar] = []
    for span in spans:
        start, end = span.start_ms * scale, max(span.end_ms * scale, span.start_ms * scale + LEAST)
        last = bars[-1] if bars else None
        if last and start - (last.x + last.width) < LEAST:
            width = max(last.width, end - last.x)
            bars[-1] = Bar(last.x, round(width, 2), last.position, last.at_ms)
        else:
            bars.append(Bar(round(start, 2), round(end - start, 2), span.position, span.start_ms))
    return bars
