"""The lanes of a transcript's page: when each speaker talks, as bars."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from voiceprints.admin.colours import Tint
from voiceprints.models import TranscriptSpeaker

WIDTH = 1000.0
# Narrower bars and gaps would be invisible.
MIN_WIDTH = 2.0


class BlockSpan(NamedTuple):
    """The time of a block, and its place in the transcript, from 0.

    A tuple, because a long transcript has thousands, which take half the time of dataclasses.
    """

    start_ms: int
    end_ms: int
    position: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of speech in a lane of length WIDTH, and the block where it begins."""

    x: float
    width: float
    position: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A speaker's lane above the text."""

    speaker: TranscriptSpeaker
    labels: list[str]
    tint: Tint
    bars: list[Bar]
    speech_s: float


def build_bars(spans: Iterable[BlockSpan], duration_ms: float) -> list[Bar]:
    """Return visible bars, with spans that follow each other closely joined into one."""
    scale = WIDTH / duration_ms if duration_ms else 0.0
    bars: list[Bar] = []
    for span in spans:
        start = span.start_ms * scale
        end = max(span.end_ms * scale, start + MIN_WIDTH)
        last = bars[-1] if bars else None
        if last and start - (last.x + last.width) < MIN_WIDTH:
            width = max(last.width, end - last.x)
            bars[-1] = Bar(last.x, round(width, 2), last.position, last.at_ms)
        else:
            bars.append(Bar(round(start, 2), round(end - start, 2), span.position, span.start_ms))
    return bars


def build_lanes(
    spans: Mapping[int, Sequence[BlockSpan]],
    speakers: Sequence[TranscriptSpeaker],
    tints: Mapping[str, Tint],
    duration_ms: float,
) -> list[Lane]:
    """Return one lane per name, in order of speaking time, longest first.

    `spans` are those of each speaker, by key.
    """
    by_name: defaultdict[str, list[TranscriptSpeaker]] = defaultdict(list)
    for speaker in speakers:
        by_name[speaker.name].append(speaker)
    lanes = []
    for name, labels in by_name.items():
        own = [span for one in labels for span in spans.get(one.pk, ())]
        own.sort(key=lambda span: span.position)
        speech_s = sum(span.end_ms - span.start_ms for span in own) / 1000
        bars = build_bars(own, duration_ms)
        lanes.append(Lane(labels[0], [one.label for one in labels], tints[name], bars, speech_s))
    return sorted(lanes, key=lambda lane: -lane.speech_s)
