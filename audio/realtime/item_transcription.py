"""The transcription of one item: its words, and the name of its speaker, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from audio.api import model_names
from audio.api.serializers.transcriptions import joined_prompt
from audio.engines.failures import EngineBusy, EngineError, EngineNotConfigured, EngineRefused
from audio.library import find_people
from audio.media.decoding import SAMPLE_RATE
from audio.media.memory_files import memory_file
from audio.media.recording import Recording
from audio.merge.values import Correction, Notice
from audio.pipeline.analysis.analysis_work import Analysis
from audio.pipeline.analysis.engine_retries import call_with_retries
from audio.pipeline.analysis.parallel_calls import run_in_parallel
from audio.pipeline.known_speakers import known_voice
from audio.pipeline.spelling import Spelling
from audio.pipeline.transcription import transcribe
from audio.realtime.session_settings import TranscriptionSettings, single_language

Samples = NDArray[np.int16]
# A voice in less speech is often mistaken for another.
LEAST_NAMED_S = 3.0
# Whisper leaves out words at the very start of a file: each item begins with silence.
LEAD_MS = 300
# How long an item waits between two attempts while an engine is busy, unless the engine says so.
BUSY_WAIT_S = 2.0
LONGEST_BUSY_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Item:
    """A committed item: 16 kHz samples, and the settings when it was committed.

    `is_silent` where the detector heard no speech in it.
    """

    id: str
    samples: Samples = field(repr=False)
    settings: TranscriptionSettings
    is_silent: bool = False

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTranscript:
    """The text of an item, and the name of its speaker where the library knows the voice."""

    text: str = ""
    seconds: float
    language: str = ""
    name: str | None = None
    corrections: tuple[Correction, ...] = ()
    warnings: tuple[Notice, ...] = ()


def transcribe_item(item: Item, *, reader: str | None) -> ItemTranscript:
    """Transcribe an item; name its speaker for `reader`, a key that may read voices.

    Raises
    ------
    EngineError, AudioQuotaExceeded, ClientLeft
    """
    if item.is_silent:
        return ItemTranscript(seconds=item.seconds)
    lead = np.zeros(LEAD_MS * SAMPLE_RATE // 1000, np.int16)
    with memory_file(np.concatenate([lead, item.samples]), field="audio") as recording:
        words = partial(_words, recording, item.settings, reader)
        if reader is None or item.seconds < LEAST_NAMED_S:
            return _transcript(item, words(), None, ())
        analysis, (name, warnings) = run_in_parallel(words, partial(_name, recording, reader))
    return _transcript(item, analysis, name, warnings)


def engine_options(settings: TranscriptionSettings) -> Mapping[str, str]:
    """Return the fields that are passed on to the engine."""
    options = {
        "model": model_names.resolve(settings.model),
        "language": single_language(settings),
        "prompt": joined_prompt(settings.prompt, settings.keywords),
    }
    return {name: value for name, value in options.items() if value}


def _words(recording: Recording, settings: TranscriptionSettings, reader: str | None) -> Analysis:
    language = single_language(settings)
    spelling = Spelling(
        mode=settings.spelling,
        keywords=settings.keywords,
        prompt=settings.prompt,
        language=language,
    )
    people = find_people() if reader is not None and settings.spelling == "people" else ()
    options = engine_options(settings)
    ask = partial(transcribe, recording, options, spelling=spelling, people=people)
    return call_with_retries(ask, _delay)


def _name(recording: Recording, reader: str) -> tuple[str | None, tuple[Notice, ...]]:
    """Return the name of a known voice; words do not wait for an engine of voices that fails."""
    try:
        return known_voice(recording, reader=reader)
    except EngineNotConfigured:
        return None, ()
    except EngineError:
        return None, (NOT_COMPARED,)


NOT_COMPARED = Notice(
    "voice_not_compared", "The voice was not compared with known ones: the engine failed."
)


def _transcript(
    item: Item, analysis: Analysis, name: str | None, warnings: tuple[Notice, ...]
) -> ItemTranscript:
    heard = analysis.transcription
    return ItemTranscript(
        text=heard.text,
        seconds=item.seconds,
        language=heard.language or "",
        name=name,
        corrections=tuple(map(_without_lead, heard.corrections)),
        warnings=(*analysis.warnings, *warnings),
    )


def _without_lead(correction: Correction) -> Correction:
    """Return a correction with its time in the item."""
    if correction.start_ms is None:
        return correction
    return replace(correction, start_ms=max(0, correction.start_ms - LEAD_MS))


def _delay(error: Exception, planned_s: float) -> float | None:
    """Return how long to wait for an engine that is busy; None where it will not help."""
    if isinstance(error, EngineBusy | EngineRefused) and error.retry_after is not None:
        return min(error.retry_after, LONGEST_BUSY_WAIT_S)
    return BUSY_WAIT_S if isinstance(error, EngineBusy) else None
