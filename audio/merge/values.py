"""The values of the merge core: frozen, in seconds, independent of HTTP and JSON.

Conventions
-----------
Times are seconds from the start of the recording, durations are seconds, similarities are cosines.
An embedding is a float vector of shape ``(dimension,)``; its scale carries no meaning.
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
class Span:
    """A time interval."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Word:
    """Text with start and end.

    ``gap`` is the white space that the engine's text has before the word, None where the scripts
    decide (see `word_spacing`). ``is_estimated`` is whether the engine left out its start or its
    end. ``segment`` is the span over which the words of a segment were spread, where the engine
    gave the times of that alone. ``confidence`` is the engine's, from 0 to 1, None where it gave
    none.
    """

    start: float
    end: float
    text: str
    gap: str | None = field(default=None, repr=False)
    is_estimated: bool = field(default=False, repr=False)
    segment: Span | None = field(default=None, repr=False)
    confidence: float | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker, anonymous or (after naming) named, talking from start to end."""

    start: float
    end: float
    speaker: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of a visual timeline: a name shown as speaking from start to end.

    ``room`` is whether several people talk under the name. ``person`` is the same for all names of
    one person and differs between two people of one name; empty where the timeline has no ids.
    """

    start: float
    end: float
    name: str
    confidence: float = 1.0
    room: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class ShownText:
    """What a timeline shows as said from start to end, in seconds by its own clock."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time of the recording and one of the timeline at which equal words are, in seconds."""

    recording_s: float
    timeline_s: float


@dataclass(frozen=True, slots=True)
class KnownClock:
    """Facts about a timeline's clock from elsewhere than its names and the speakers.

    ``is_zero_known`` is whether its zero is the recording's start. ``anchors`` are sorted by their
    times in the recording. ``is_unit_known`` is whether its format states what unit times have.
    """

    is_zero_known: bool = True
    anchors: tuple[Anchor, ...] = ()
    is_unit_known: bool = False


ZERO_KNOWN = KnownClock()


@dataclass(frozen=True, slots=True)
class Transcription:
    """An engine's answer in the words role: the text of one recording.

    ``is_cut`` is whether the engine stopped before the end of its answer. ``corrections`` are the
    words whose spelling was corrected since.
    """

    text: str
    words: tuple[Word, ...]
    duration: float | None = None
    language: str | None = None
    model: str | None = None
    is_cut: bool = False
    corrections: tuple["Correction", ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of a transcription whose spelling was corrected, and when it was said."""

    heard: str
    term: str
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Diarization:
    """An engine's answer in the turns role: which anonymous speaker talks when in one recording.

    ``speakers`` are the labels that the engine detected, in its order; ``turns`` and
    ``embeddings`` may have other labels, and may lack some of these. ``unusable_turns`` counts the
    turns that were left out: without times or a label, or with an end before the start.
    """

    turns: tuple[Turn, ...]
    speakers: tuple[str, ...]
    embeddings: Mapping[str, Embedding] = field(default_factory=dict)
    duration: float | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    unusable_turns: int = 0


@dataclass(frozen=True, slots=True)
class Voices:
    """Known people's embeddings in one space: ``vectors[i]`` is a voice of ``names[i]``.

    ``vectors`` has shape ``(voices, dimension)``. A name may have several rows. ``space`` is the
    identity of the embedding model, empty where the caller who sent the vectors left it out;
    ``threshold`` and ``margin``, as cosines, decide when two of its embeddings are one voice.
    """

    names: tuple[str, ...]
    vectors: NDArray[np.float64]
    space: str = ""
    threshold: float = DEFAULT_THRESHOLD
    margin: float = DEFAULT_MARGIN


NO_VOICES = Voices((), np.empty((0, 0)))


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive words of one speaker, in whole milliseconds.

    ``words`` are those of the text, in seconds; empty where their times are not known.
    """

    start_ms: int
    end_ms: int
    speaker: str
    text: str
    words: tuple[Word, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence for one name of one speaker.

    ``exclusive_s`` are the seconds in which the speaker talks alone while only this name is shown.
    ``speaker_share`` is the name's share of the time in which any name is shown for this speaker,
    ``name_share`` the share of this speaker, and of speakers with a similar voice, in the name's
    time. ``similarity`` is the cosine to the name's known voice, ``margin`` its lead over the best
    other name: None where nothing can be compared.
    """

    name: str
    exclusive_s: float
    speaker_share: float
    name_share: float
    similarity: float | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a speaker has its name, or has no name.

    ``winner`` and ``runner_up`` are the two names with the most support, None without any
    evidence. ``reason`` is why the speaker has no name. ``disagreement`` is whether timeline and
    voice were each good enough for a different name. ``shared_with`` is the speaker whose name
    this one shares because their voices are similar.
    """

    winner: Support | None = None
    runner_up: Support | None = None
    reason: Reason | None = None
    disagreement: bool = False
    shared_with: str | None = None


@dataclass(frozen=True, slots=True)
class NamedSpeaker:
    """One speaker of a recording, its name, and the evidence for the name.

    ``name_readings`` are the other readings of the name in the timeline.
    """

    speaker: str
    name: str
    source: Source
    embedding: Embedding | None = None
    overlap_confidence: float | None = None
    match_similarity: float | None = None
    enrolled_s: float | None = None
    evidence: Evidence | None = None
    name_readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: what a reader should know before trusting a result."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LabelledWords:
    """Words and their speakers: ``speakers[i]``, a label or a name, spoke ``words[i]``."""

    words: tuple[Word, ...]
    speakers: tuple[str, ...]
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class UsedTimeline:
    """What was found of a timeline that names came from.

    ``offset_s`` is how late it is at the recording's start. ``pieces`` are the times in the
    recording from which on an offset holds, and the offsets; more than one where the recording
    was paused. ``joined`` is the number of readings that were taken for another reading of the
    same person, ``merged`` that of names that are one person's with another name of the timeline,
    ``outside`` that of entries before the recording or after it.
    """

    offset_s: float
    pieces: tuple[tuple[float, float], ...] = ()
    joined: int = 0
    merged: int = 0
    outside: int = 0


@dataclass(frozen=True, slots=True)
class TimelineReport:
    """What was read of a timeline, and how late it is.

    ``entries`` and ``people`` are those that came to be used; ``dropped`` counts the others by
    reason. ``offset_s`` is in seconds, positive is late, None where nothing was found or looked
    for. ``recording_start`` is the instant that was found, in ISO 8601. ``pieces`` and ``joined``
    are those of `UsedTimeline`.
    """

    format: str
    entries: int
    people: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    offset_s: float | None = None
    recording_start: str | None = None
    pieces: tuple[tuple[float, float], ...] = ()
    joined: int = 0


@dataclass(frozen=True, slots=True)
class EchoReport:
    """The system track's echo in the mic track: how late, and by how much weaker it was made.

    ``drift_ppm`` is how much slower the mic's clock is. All are None where no echo was found.
    """

    found: bool
    delay_ms: float | None = None
    drift_ppm: float | None = None
    attenuation_db: float | None = None


@dataclass(frozen=True, slots=True)
class NamedTranscript:
    """One recording's blocks or turns under names.

    It has ``blocks`` where there is a transcription, else ``turns``; the other one is empty. The
    ``speaker`` of both is a name.
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
    used_timeline: UsedTimeline | None = None
    timeline: TimelineReport | None = None
    echo: EchoReport | None = None
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class RecognisedSpeaker:
    """One anonymous speaker and the person whose voice it is, None where that is undecided.

    ``similarity`` is the cosine to the nearest known voice, None without known voices.
    """

    speaker: str
    name: str | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class LabelledTranscript:
    """One recording's blocks under anonymous labels.

    Where voices were compared, ``recognised`` has every speaker, and a recognised speaker's name
    replaces the label.
    """

    duration: float
    language: str
    speakers: tuple[str, ...]
    blocks: tuple[Block, ...]
    models: Mapping[str, str]
    warnings: tuple[Notice, ...] = ()
    recognised: tuple[RecognisedSpeaker, ...] | None = None
    corrections: tuple[Correction, ...] = ()
