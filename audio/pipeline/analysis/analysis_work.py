"""The analysis of a recording: the request, the calls that it takes, and the result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audio.media.recording import Recording
from audio.merge.chunks.constrained_clustering import LINKING_RULE, LinkingRule
from audio.merge.values import Diarization, Notice, Transcription
from audio.pipeline.analysis.engine_answers import EngineFile
from audio.pipeline.analysis.engine_plan import EnginePlan, Speakers, engine_plan

NO_WORDS = Transcription("", ())
NO_TURNS = Diarization((), ())
Call = Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequest:
    """The analysis that is wanted of a recording.

    `options` of the transcription, None where none is wanted; `speakers`: no diarization, its
    turns, or also an embedding of each speaker; `linking`: how many speakers there may be;
    `needs_times`: the words' times are shown.
    """

    recording: Recording
    options: Mapping[str, str] | None = None
    speakers: Speakers = "none"
    linking: LinkingRule = LINKING_RULE
    needs_times: bool = False

    def plan(self) -> EnginePlan:
        """Return which engines answer."""
        return engine_plan(
            has_words=self.options is not None,
            speakers=self.speakers,
            needs_times=self.needs_times,
            needs_embeddings=self.speakers != "none",
        )


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the engines answered for a recording, and warnings for the reader of the result.

    `seconds` is the length of the recording, None where only the engines can decode it.
    """

    transcription: Transcription = NO_WORDS
    diarization: Diarization = NO_TURNS
    warnings: tuple[Notice, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The engine calls for one recording: for each chunk, or for the whole recording."""

    request: AnalysisRequest
    plan: EnginePlan
    files: Sequence[EngineFile]
    seconds: float | None
    notices: tuple[Notice, ...]
    calls: Sequence[Call]

    @property
    def is_cut(self) -> bool:
        """Whether the recording was cut before it was sent."""
        return self.files[0].is_chunk
