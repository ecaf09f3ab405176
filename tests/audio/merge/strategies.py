"""Random values of the merge core.

Times are multiples of a quarter second, so that there are many ties and sums are exact.
"""

from itertools import pairwise
from typing import TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from audio.merge.chunks.chunk_overlaps import Chunk
from audio.merge.values import Block, Diarization, Span, TimelineEntry, Turn, Voices, Word

Number = TypeVar("Number", bound=np.generic)

quarters = st.integers(0, 80).map(lambda number: number / 4)
lengths = st.integers(0, 16).map(lambda number: number / 4)
tolerances = st.sampled_from([0.0, 0.25, 1.0])
texts = st.sampled_from(["so", "yes", "n't", ".", '"', " ", ".NET"])
# A hundred thousand years, before and after the recording begins.
anytime = st.floats(-3e12, 3e12)
labels = st.sampled_from(["Speaker_0", "Speaker_1", "Speaker_2"])
names = st.sampled_from(["Ann", "Bob", " Ann", ""])

words = st.lists(
    st.builds(lambda at, long, text: Word(at, at + long, text), quarters, lengths, texts),
    max_size=30,
)
turns = st.lists(
    st.builds(lambda at, long, who: Turn(at, at + long, who), quarters, lengths, labels),
    max_size=15,
)
entries = st.lists(
    st.builds(lambda at, long, name: TimelineEntry(at, at + long, name), quarters, lengths, names),
    max_size=15,
)
wild_words = st.lists(st.builds(Word, anytime, anytime, texts), max_size=10)
wild_turns = st.lists(st.builds(Turn, anytime, anytime, labels), max_size=10)
wild_hints = st.lists(st.builds(TimelineEntry, anytime, anytime, names), max_size=10)
wild_spans = st.lists(st.builds(Span, anytime, anytime), max_size=10)
blocks = st.lists(
    st.builds(
        lambda at, who, text: Block(at, at + 100, who, text),
        st.integers(0, 3000),
        names,
        st.sampled_from(["Hi.", "hi", "No", "?"]),
    ),
    max_size=8,
).map(lambda listed: sorted(listed, key=lambda block: block.start_ms))

_numbers = st.integers(-2, 2).map(float)
embeddings = st.lists(_numbers, min_size=3, max_size=3).map(np.array)
voices = st.lists(st.tuples(names, embeddings), min_size=1, max_size=8).map(
    lambda known: Voices(
        tuple(name for name, _ in known), frozen(np.array([row for _, row in known]))
    )
)


def frozen(array: NDArray[Number]) -> NDArray[Number]:
    """Return the array, made read-only."""
    array.setflags(write=False)
    return array


@st.composite
def items(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Draw distances, some of them unknown, seconds, and pairs that must stay apart."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(0, 12))
    distances = random.uniform(0.0, 1.5, (count, count))
    distances[random.random((count, count)) < draw(st.sampled_from([0.0, 0.2, 0.6]))] = np.nan
    apart = np.triu(random.random((count, count)) < draw(st.sampled_from([0.0, 0.1, 0.5])), 1)
    upper = np.triu(distances, 1)
    return frozen(upper + upper.T), frozen(random.uniform(0.1, 60.0, count)), apart | apart.T


@st.composite
def conversations(draw: st.DrawFn) -> list[Turn]:
    """Draw the turns of three people in 60 s; the turns of one person do not overlap."""
    conversation = []
    for label in ("Speaker_0", "Speaker_1", "Speaker_2"):
        edges = sorted(draw(st.sets(st.integers(0, 240), max_size=8)))
        spans = list(pairwise(edges))[::2]
        conversation += [Turn(start / 4, end / 4, label) for start, end in spans]
    return sorted(conversation, key=lambda turn: turn.start)


def diarized_in_chunks(conversation: list[Turn]) -> list[Chunk]:
    """Cut a conversation into chunks, each diarized correctly but with labels of its own."""
    return [
        _chunk(conversation, number, start, start + 28.0)
        for number, start in enumerate((0.0, 16.0, 32.0))
    ]


def _chunk(conversation: list[Turn], number: int, start: float, end: float) -> Chunk:
    axes = np.eye(3)
    diarized = [
        Turn(max(turn.start, start) - start, min(turn.end, end) - start, f"{number}{turn.speaker}")
        for turn in conversation
        if turn.start < end and turn.end > start
    ]
    found = dict.fromkeys(turn.speaker for turn in diarized)
    embeddings_of = {label: frozen(axes[int(label[-1])] * 3.0) for label in found}
    return Chunk(start, end, Diarization(tuple(diarized), tuple(found), embeddings_of))
