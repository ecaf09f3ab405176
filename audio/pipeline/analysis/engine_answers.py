"""The engines' answers for one file: a whole recording, or a chunk of it.

A file that an engine finds too large is sent once more in halves. Calls for a chunk are repeated
while an engine may recover; a chunk without an answer is missing, for it is a part of long work.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from audio.engines import roles
from audio.engines.failures import (
    EngineBusy,
    EngineCannotTranslate,
    EngineError,
    EngineMisconfigured,
    EngineNotConfigured,
    EngineRefused,
    EngineRefusedKey,
    LostForm,
    RecordingTooLarge,
)
from audio.engines.roles import ConfiguredRole
from audio.media.chunk_files import CUT_RULE, ChunkFile, CutRule, chunk_files
from audio.media.recording import Recording
from audio.merge.speaker_clips import LONGEST_IN_ALL_S
from audio.merge.values import UNKNOWN_SPEAKER, Diarization, Transcription
from audio.pipeline.analysis.clip_embeddings import speaker_embeddings
from audio.pipeline.analysis.engine_plan import EnginePlan
from audio.pipeline.analysis.engine_retries import call_with_retries, raise_if_unwanted
from audio.pipeline.analysis.span_transcription import transcribe_spans

logger = logging.getLogger(__name__)
# The speech of one label that is embedded in each chunk of a long recording.
LONGEST_IN_CHUNK_S = 20.0
# Halves of less would not be the reason for a refusal.
SHORTEST_TO_HALVE_S = 4.0
T = TypeVar("T")
_FINAL = (
    EngineCannotTranslate,
    EngineMisconfigured,
    EngineNotConfigured,
    EngineRefusedKey,
    LostForm,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A chunk that an engine did not answer, and why."""

    error: EngineError


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers for a file, each with the part of the recording that it is about."""

    words: tuple[tuple[ChunkFile, Transcription | Missing], ...] = ()
    turns: tuple[tuple[ChunkFile, Diarization | Missing], ...] = ()


@dataclass(frozen=True, slots=True)
class EngineFile:
    """A file for the engines, and its place in the recording."""

    recording: Recording
    place: ChunkFile
    is_chunk: bool

    def attempt(self, ask: Callable[[], T]) -> T:
        """Ask once for a whole recording, whose client may ask again; with retries for a chunk."""
        return call_with_retries(ask, _delay) if self.is_chunk else ask()


def whole_file(recording: Recording) -> EngineFile:
    """Return a whole recording as the only file."""
    seconds = recording.seconds or 0.0
    return EngineFile(recording, ChunkFile(recording.path, 0.0, seconds, 0.0, seconds), False)


def chunk_file(chunk: ChunkFile, field: str) -> EngineFile:
    """Return a chunk as a file."""
    recording = Recording(chunk.path, ".wav", field=field, seconds=chunk.end - chunk.start)
    return EngineFile(recording, chunk, True)


def ask_for_words(file: EngineFile, plan: EnginePlan, options: Mapping[str, str]) -> Answers:
    """Ask for the words of a file."""
    return Answers(words=_in_parts(file, partial(_words, file, plan, options)))


def ask_for_turns(file: EngineFile, plan: EnginePlan, embeddings: bool) -> Answers:
    """Ask for the turns of a file, and where `embeddings` are wanted for those too."""
    return Answers(turns=_in_parts(file, partial(_turns, file, plan, embeddings)))


def ask_for_both(
    file: EngineFile, plan: EnginePlan, options: Mapping[str, str], embeddings: bool
) -> Answers:
    """Ask for words and turns in one call, or for the turns first, by which a text is cut."""
    ask = _placed_words if plan.places_text else _words_and_turns
    parts = _in_parts(file, partial(ask, file, plan, options, embeddings))
    return Answers(
        tuple((at, both if isinstance(both, Missing) else both[0]) for at, both in parts),
        tuple((at, both if isinstance(both, Missing) else both[1]) for at, both in parts),
    )


def ask_for_placed_words(
    file: EngineFile,
    plan: EnginePlan,
    options: Mapping[str, str],
    known: Diarization | None = None,
) -> Answers:
    """Transcribe the spans of speech of a file, by the turns that are `known` or by its own."""

    def ask(recording: Recording) -> Transcription:
        turns = _turns(file, plan, False, recording) if known is None else known
        return _spans(file, plan, options, recording, turns)

    if known is not None:
        return Answers(words=((file.place, _or_missing(file, partial(ask, file.recording))),))
    return Answers(words=_in_parts(file, ask))


def _in_parts(
    file: EngineFile, ask: Callable[[Recording], T]
) -> tuple[tuple[ChunkFile, T | Missing], ...]:
    """Ask for a file; where it is too large, for its halves."""
    answers = _or_missing(file, partial(_whole_or_halves, file, ask))
    return ((file.place, answers),) if isinstance(answers, Missing) else answers


def _or_missing(file: EngineFile, ask: Callable[[], T]) -> T | Missing:
    """Ask; return `Missing` for a chunk where the engine fails in the end."""
    try:
        return ask()
    except (EngineNotConfigured, EngineCannotTranslate):
        raise
    except EngineError as error:
        if not file.is_chunk:
            raise
        return Missing(error)


def _whole_or_halves(
    file: EngineFile, ask: Callable[[Recording], T]
) -> tuple[tuple[ChunkFile, T], ...]:
    try:
        return ((file.place, ask(file.recording)),)
    except (RecordingTooLarge, LostForm) as error:
        seconds = file.recording.seconds
        if seconds is None or seconds < SHORTEST_TO_HALVE_S:
            raise
        logger.warning("An engine refused %.0f s of audio; sent in halves: %s", seconds, error)
    rule = CutRule(
        min(CUT_RULE.search_s, seconds / 20), min(CUT_RULE.overlap_s, seconds / 20), seconds / 4
    )
    cut = chunk_files(file.recording, seconds / 2, rule, after_each=raise_if_unwanted)
    with cut as halves:
        return tuple(
            (_placed(half, file.place), ask(chunk_file(half, file.recording.field).recording))
            for half in halves
        )


def _placed(half: ChunkFile, whole: ChunkFile) -> ChunkFile:
    """Return a part of a file with its times in the recording."""
    return ChunkFile(
        half.path,
        whole.start + half.start,
        whole.start + half.end,
        max(whole.begin, whole.start + half.begin),
        min(whole.stop, whole.start + half.stop),
    )


def _words(
    file: EngineFile, plan: EnginePlan, options: Mapping[str, str], recording: Recording
) -> Transcription:
    answer = file.attempt(lambda: roles.transcribe(recording, options))
    return _with_facts(answer, recording, plan.words)


def _turns(
    file: EngineFile, plan: EnginePlan, embeddings: bool, recording: Recording
) -> Diarization:
    with_turns = embeddings and plan.embeds_with_turns
    answer = file.attempt(lambda: roles.diarize(recording, embeddings=with_turns))
    return _with_voices(file, plan, embeddings, recording, answer)


def _words_and_turns(
    file: EngineFile,
    plan: EnginePlan,
    options: Mapping[str, str],
    embeddings: bool,
    recording: Recording,
) -> tuple[Transcription, Diarization]:
    with_turns = embeddings and plan.embeds_with_turns
    words, turns = file.attempt(
        lambda: roles.transcribe_and_diarize(recording, options, embeddings=with_turns)
    )
    found = _with_voices(file, plan, embeddings, recording, turns)
    return _with_facts(words, recording, plan.words), found


def _placed_words(
    file: EngineFile,
    plan: EnginePlan,
    options: Mapping[str, str],
    embeddings: bool,
    recording: Recording,
) -> tuple[Transcription, Diarization]:
    turns = _turns(file, plan, embeddings, recording)
    return _spans(file, plan, options, recording, turns), turns


def _spans(
    file: EngineFile,
    plan: EnginePlan,
    options: Mapping[str, str],
    recording: Recording,
    turns: Diarization,
) -> Transcription:
    if not turns.turns:
        return _words(file, plan, options, recording)
    answer = transcribe_spans(
        recording, turns.turns, options, longest_s=plan.limit_s, attempt=file.attempt
    )
    return _with_facts(answer, recording, plan.words)


def _with_facts(
    answer: Transcription, recording: Recording, words: ConfiguredRole | None
) -> Transcription:
    """Fill in the length of the recording, and the model of a foreign engine."""
    if answer.duration is None:
        answer = replace(answer, duration=recording.seconds)
    if words is None or not words.dialect.is_foreign or answer.model:
        return answer
    return replace(answer, model=words.settings.model or words.dialect.name)


def _with_voices(
    file: EngineFile,
    plan: EnginePlan,
    embeddings: bool,
    recording: Recording,
    answer: Diarization,
) -> Diarization:
    """Return a diarization without the turns of no speaker, and with the voices of its labels."""
    turns = plan.turns
    if turns is None or not (turns.dialect.is_foreign or plan.voices):
        return answer
    answer = _of_speakers(answer)
    models = {"diarization": turns.settings.model or turns.dialect.name, **answer.models}
    answer = replace(answer, models=models)
    if answer.duration is None:
        answer = replace(answer, duration=recording.seconds)
    if plan.voices is None or not embeddings:
        return answer
    longest_s = LONGEST_IN_CHUNK_S if file.is_chunk else LONGEST_IN_ALL_S
    found, space = speaker_embeddings(
        recording, answer.turns, longest_s=longest_s, attempt=file.attempt
    )
    known = {role: name for role, name in models.items() if role != "embedding"}
    named = {**known, "embedding": space} if space else known
    return replace(answer, embeddings=found, models=named)


def _of_speakers(answer: Diarization) -> Diarization:
    """Return a diarization without the turns of no speaker in particular."""
    return replace(
        answer,
        turns=tuple(turn for turn in answer.turns if turn.speaker != UNKNOWN_SPEAKER),
        speakers=tuple(one for one in answer.speakers if one != UNKNOWN_SPEAKER),
        embeddings={
            label: vector
            for label, vector in answer.embeddings.items()
            if label != UNKNOWN_SPEAKER
        },
    )


def lacks_times(answer: Transcription | Missing) -> bool:
    """Whether an answer has a text whose words have no times."""
    return isinstance(answer, Transcription) and bool(answer.text) and not answer.words


def answered(parts: Sequence[tuple[ChunkFile, T | Missing]]) -> list[tuple[ChunkFile, T]]:
    """Return the parts that have an answer."""
    return [(at, one) for at, one in parts if not isinstance(one, Missing)]


def _delay(error: Exception, planned_s: float) -> float | None:
    """Return how long to wait before the next attempt; None where it cannot succeed."""
    if isinstance(error, _FINAL):
        return None
    if isinstance(error, EngineBusy):
        return max(planned_s, error.retry_after or 0.0)
    is_final = isinstance(error, EngineRefused) and error.retry_after is None
    return None if is_final else planned_s
