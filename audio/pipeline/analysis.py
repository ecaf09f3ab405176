"""The engines' analysis of recordings of any length: transcription and diarization.

A recording longer than CHUNK_AFTER_S is cut into chunks, of which a few are at the engines at a
time; a chunk that still fails after retries becomes a span that the result names as missing. The
answers for all chunks are joined to one transcription and one diarization.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Any, Literal

from django.conf import settings

from audio import metrics
from audio.engines import roles
from audio.engines.failures import EngineError, EngineNotConfigured, EngineRefused
from audio.media.chunk_files import ChunkFile, chunk_files, rewritten
from audio.media.decoding import Inspection, UndecodableAudio, inspect
from audio.media.recording import Recording
from audio.merge.chunk_overlaps import Chunk
from audio.merge.constrained_clustering import LINKING_RULE, LinkingRule
from audio.merge.diarized_speakers import check_answers, check_speaker_limit
from audio.merge.linking import link_chunks
from audio.merge.transcript_text import Part, join_parts
from audio.merge.values import Diarization, Notice, Transcription
from audio.pipeline import job_progress
from audio.pipeline.audio_quota import charged
from audio.pipeline.engine_retries import call_with_retries, raise_if_unwanted
from audio.pipeline.parallel_calls import call_in_parallel

# How unlike the labels of one speaker may be on average. The pure function's 0.7 joins people with
# similar voices: the embedding of a label is the mean of all its speech in a chunk.
LINKING_CUT = 0.5


_NO_WORDS = Transcription("", ())
_NO_TURNS = Diarization((), ())
Ask = Callable[[Recording], Any]
Call = Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequest:
    """The analysis that is wanted of a recording.

    `options` of the transcription, None where none is wanted; `speakers`: no diarization, its
    turns, or also an embedding of each speaker; `linking`: how many speakers there may be.
    """

    recording: Recording
    options: Mapping[str, str] | None = None
    speakers: Literal["none", "turns", "embeddings"] = "none"
    linking: LinkingRule = LINKING_RULE


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the engines answered for a recording, and warnings for the reader of the result.

    `seconds` is the length of the recording, None where only the engines can decode it.
    """

    transcription: Transcription = _NO_WORDS
    diarization: Diarization = _NO_TURNS
    warnings: tuple[Notice, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Missing:
    """A chunk that an engine did not answer, and why."""

    error: EngineError


@dataclass(frozen=True, slots=True)
class _Plan:
    """The engine calls for one recording: one per chunk, or one for the whole recording."""

    chunks: Sequence[ChunkFile]
    seconds: float | None
    linking: LinkingRule
    transcriptions: Sequence[Call]
    diarizations: Sequence[Call]
    notices: tuple[Notice, ...]

    def alternating(self) -> list[Call]:
        """List transcriptions and diarizations in turn: engines do the two side by side."""
        pairs = zip_longest(self.transcriptions, self.diarizations)
        return [call for pair in pairs for call in pair if call is not None]


def analyse(*requests: AnalysisRequest) -> list[Analysis]:
    """Analyse recordings, all in parallel as far as the engines have slots.

    Raises
    ------
    EngineError
        For a whole recording, or where every chunk of a recording failed.
    UnusableAudio, DecodingUnavailable, Stopped, AudioQuotaExceeded
    """
    with ExitStack() as files:
        measured = [files.enter_context(_measured(request)) for request in requests]
        files.enter_context(charged(request.recording.seconds for request, *_ in measured))
        plans = [_plan(*one) for one in measured]
        calls = [call for plan in plans for call in plan.alternating()]
        counted = (partial(_counted, call, 1 / len(calls)) for call in calls)
        results = call_in_parallel(roles.configured("turns"), *counted)
    answers = dict(zip(calls, results, strict=True))
    return [_analysis(plan, answers) for plan in plans]


@contextmanager
def _measured(
    request: AnalysisRequest,
) -> Iterator[tuple[AnalysisRequest, list[ChunkFile], tuple[Notice, ...]]]:
    """Yield the request with a recording of known length, and the chunks of a long recording.

    A recording that engines would hear otherwise than the gateway is written anew for them.
    """
    try:
        inspection = inspect(request.recording)
    except UndecodableAudio:
        # The engine may know the format; otherwise it refuses the recording.
        yield request, [], ()
        return
    recording = replace(request.recording, seconds=inspection.seconds)
    with ExitStack() as files:
        if _may_be_long(inspection):
            cut = chunk_files(recording, settings.CHUNK_S, after_each=raise_if_unwanted)
            chunks = files.enter_context(cut)
            recording = replace(recording, seconds=chunks[-1].end)
            if chunks[-1].end > settings.CHUNK_AFTER_S:
                yield replace(request, recording=recording), chunks, inspection.notices
                return
        if not inspection.is_plain:
            recording = files.enter_context(rewritten(recording))
        yield replace(request, recording=recording), [], inspection.notices


def _may_be_long(inspection: Inspection) -> bool:
    """Whether the recording may be too long for one engine call."""
    return inspection.seconds is None or inspection.seconds > settings.CHUNK_AFTER_S


def _plan(
    request: AnalysisRequest, chunks: Sequence[ChunkFile], notices: tuple[Notice, ...]
) -> _Plan:
    whole = request.recording
    files = [_recording_of(chunk, whole.field) for chunk in chunks] or [whole]
    diarize = partial(roles.diarize, embeddings=True)
    if request.speakers == "turns" and not chunks and request.linking == LINKING_RULE:
        # No speakers are linked, and embeddings cost the engine work.
        diarize = partial(roles.diarize, embeddings=False)
    transcribe = partial(_transcribe, options=request.options or {})
    call = _call_with_retries if chunks else _call_once
    return _Plan(
        chunks,
        whole.seconds,
        request.linking,
        [partial(call, transcribe, file) for file in files if request.options is not None],
        [partial(call, diarize, file) for file in files if request.speakers != "none"],
        notices,
    )


def _recording_of(chunk: ChunkFile, field: str) -> Recording:
    return Recording(chunk.path, ".wav", field=field, seconds=chunk.end - chunk.start)


def _transcribe(recording: Recording, *, options: Mapping[str, str]) -> Transcription:
    """Transcribe; where the engine names no duration, use the recording's declared length."""
    answer = roles.transcribe(recording, options)
    return answer if answer.duration is not None else replace(answer, duration=recording.seconds)


def _call_once(ask: Ask, recording: Recording) -> Any:
    return ask(recording)


def _call_with_retries(ask: Ask, recording: Recording) -> Any:
    """Ask for a chunk with retries; return `_Missing` where the engine still fails."""
    try:
        return call_with_retries(partial(ask, recording), _delay)
    except EngineNotConfigured:
        raise
    except EngineError as error:
        return _Missing(error)


def _delay(error: Exception, planned_s: float) -> float | None:
    """Return how long to wait before the next attempt; None where it cannot succeed."""
    is_final = isinstance(error, EngineRefused) and error.retry_after is None
    return None if is_final or isinstance(error, EngineNotConfigured) else planned_s


def _counted(call: Call, share: float) -> Any:
    job_progress.raise_if_stopped()
    answer = call()
    job_progress.advance(share)
    return answer


def _analysis(plan: _Plan, answers: Mapping[Call, Any]) -> Analysis:
    transcriptions = [answers[call] for call in plan.transcriptions]
    diarizations = [answers[call] for call in plan.diarizations]
    if plan.chunks:
        return _joined(plan, transcriptions, diarizations)
    transcription = transcriptions[0] if transcriptions else _NO_WORDS
    warnings = (
        *plan.notices,
        *check_speaker_limit(*diarizations),
        *check_answers(transcription, diarizations),
    )
    if diarizations and plan.linking != LINKING_RULE:
        whole = Chunk(0.0, diarizations[0].duration or 0.0, diarizations[0])
        diarizations = [_linked([whole], plan.linking)]
    turns = diarizations[0] if diarizations else _NO_TURNS
    return Analysis(transcription, turns, warnings, plan.seconds)


def _joined(plan: _Plan, transcriptions: Sequence[Any], diarizations: Sequence[Any]) -> Analysis:
    words, without_words = _by_chunk(plan.chunks, transcriptions, "transcribed")
    turns, without_turns = _by_chunk(plan.chunks, diarizations, "diarized")
    parts = [Part(chunk.start, chunk.begin, chunk.stop, answer) for chunk, answer in words]
    chunks = [Chunk(chunk.start, chunk.end, answer) for chunk, answer in turns]
    diarized = [answer for _, answer in turns]
    transcription = join_parts(parts)
    checked = (
        *plan.notices,
        *check_speaker_limit(*diarized),
        *check_answers(transcription, diarized),
    )
    return Analysis(
        transcription,
        _linked(chunks, plan.linking),
        (*plan.notices, *without_words, *without_turns, *checked),
        plan.seconds,
    )


def _linked(chunks: Sequence[Chunk], rule: LinkingRule) -> Diarization:
    with metrics.MERGES.labels("link").time():
        return link_chunks(chunks, rule=replace(rule, cut=LINKING_CUT)).diarization


def _by_chunk(
    chunks: Sequence[ChunkFile], answers: Sequence[Any], done: str
) -> tuple[list[tuple[ChunkFile, Any]], list[Notice]]:
    """Pair the chunks with their answers; return a notice for each chunk without one."""
    answered: list[tuple[ChunkFile, Any]] = []
    missing: list[tuple[ChunkFile, EngineError]] = []
    for chunk, answer in zip(chunks, answers, strict=bool(answers)):
        if isinstance(answer, _Missing):
            missing.append((chunk, answer.error))
        else:
            answered.append((chunk, answer))
    if missing and not answered:
        raise missing[0][1]
    return answered, [
        Notice(
            "span_missing",
            f"From {chunk.begin:.1f} s to {chunk.stop:.1f} s nothing was {done}: {error}",
        )
        for chunk, error in missing
    ]
