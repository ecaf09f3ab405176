"""The values of the merge core: frozen, in seconds, without a trace of HTTP or JSON.

Conventions
-----------
Times are seconds from the start of the recording, durations are seconds, similarities are cosines.
A fingerprint is a float vector of shape ``(dimension,)``; its scale carries no meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from audio.merge.defaults import DEFAULT_MARGIN, DEFAULT_THRESHOLD

Embedding = NDArray[np.float64]
Source = Literal["visual", "voiceprint", "unmatched", "mic_channel"]
Mode = Literal["mono", "dual_channel"]
Reason = Literal[
    "no_evidence", "too_little_evidence", "ambiguous_timeline", "ambiguous_voice", "conflict"
]

UNKNOWN_SPEAKER = "Speaker_unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """Text with start and end."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One anonymous (or, after naming, named) speaker talking from start to end."""

    start: float
    end: float
    speaker: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of a visual timeline: a name shown from start to end."""

    start: float
    end: float
    name: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transcription:
    """What one recording says: an engine's answer."""

    text: str
    words: tuple[Word, ...]
    duration: float | None = None
    language: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who, anonymously, talks when in one recording: an engine's answer.

    ``speakers`` are the labels the engine says it detected, in its order; ``turns`` and
    ``fingerprints`` may name others, and may miss some of them.
    """

    turns: tuple[Turn, ...]
    speakers: tuple[str, ...]
    embeddings: Mapping[str, Embedding] = field(default_factory=dict)
    duration: float | None = None
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voices:
    """Known people's fingerprints in one space: ``names[i]`` speaks like ``vectors[i]``.

    ``vectors`` has shape ``(voices, dimension)``. A name may stand in several rows. ``space`` is
    the identity of the embedding model, empty where the caller who sent the vectors did not say;
    ``threshold`` and ``margin`` say when two of its fingerprints are one voice, as cosines.
    """

    names: tuple[str, ...]
    vectors: NDArray[np.float64]
    space: str = ""
    threshold: float = DEFAULT_THRESHOLD
    margin: float = DEFAULT_MARGIN


NO_VOICES = Voices((), np.empty((0, 0)))


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive words of one speaker, in whole milliseconds."""

    start_ms: int
    end_ms: int
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Support:
    """What speaks for one name of one speaker.

    ``exclusive_s`` are the seconds in which the speaker talks alone while the name is lit alone.
    ``speaker_share`` is the name's share of all the time in which this speaker has any name lit,
    ``name_share`` the share of this speaker, and of those who sound alike, in the name's time.
    ``similarity`` is the cosine to the name's known voice, ``margin`` how far that is above the
    best other name's; None where there is nothing to compare.
    """

    name: str
    exclusive_s: float
    speaker_share: float
    name_share: float
    similarity: float | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a speaker has its name, or none.

    ``winner`` and ``runner_up`` are the two names with most support, None where nothing speaks for
    any. ``reason`` says why the speaker has no name. ``disagreement`` is whether timeline and
    voice each were good enough for another name. ``shared_with`` is the speaker whose name this
    one shares because the two sound alike.
    """

    winner: Support | None = None
    runner_up: Support | None = None
    reason: Reason | None = None
    disagreement: bool = False
    shared_with: str | None = None


@dataclass(frozen=True, slots=True)
class NamedSpeaker:
    """One speaker of a recording, the name it was given, and on what evidence."""

    speaker: str
    name: str
    source: Source
    embedding: Embedding | None = None
    overlap_confidence: float | None = None
    match_similarity: float | None = None
    enrolled_s: float | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of a result should know before trusting it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LabelledWords:
    """Who said each word: ``speakers[i]``, a label or a name, said ``words[i]``."""

    words: tuple[Word, ...]
    speakers: tuple[str, ...]
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedTranscript:
    """Who said what, by name, in one recording.

    ``blocks`` when words were merged in, else ``turns``; the other one is empty. The ``speaker``
    of both is a name.
    """

    mode: Mode
    duration: float
    speakers: tuple[NamedSpeaker, ...]
    blocks: tuple[Block, ...] = ()
    turns: tuple[Turn, ...] = ()
    embeddings: Mapping[str, Embedding] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    dropped_words: int = 0
    timeline_offset_s: float | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RecognisedSpeaker:
    """One anonymous speaker, and whose voice it is; no name where that is not decided.

    ``similarity`` is the cosine to the nearest known voice, None where there is none.
    """

    speaker: str
    name: str | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class LabelledTranscript:
    """Who said what in one recording, by anonymous label.

    Where voices were to be recognised, ``recognised`` has every speaker, and names stand in place
    of the labels of those who were.
    """

    duration: float
    language: str
    speakers: tuple[str, ...]
    blocks: tuple[Block, ...]
    models: Mapping[str, str]
    warnings: tuple[Notice, ...] = ()
    recognised: tuple[RecognisedSpeaker, ...] | None = None
