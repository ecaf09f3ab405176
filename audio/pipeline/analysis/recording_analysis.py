"""The engines' analysis of recordings of any length: transcription and diarization.

A recording longer than CHUNK_AFTER_S is cut into chunks, of which a few are at the engines at a
time; a chunk that still fails after retries becomes a span that the result names as missing. The
answers for all chunks are joined to one transcription and one diarization.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from audio.engines.role_settings import Role
from audio.media.chunk_files import ChunkFile, chunk_files, cut_within, rewritten
from audio.media.decoding import UndecodableAudio, inspect
from audio.media.recording import Recording
from audio.merge.chunks.constrained_clustering import LINKING_RULE
from audio.merge.values import Diarization, Notice, Transcription
from audio.pipeline import job_progress
from audio.pipeline.analysis.analysis_work import Analysis, AnalysisRequest, Call, Work
from audio.pipeline.analysis.engine_answers import (
    Answers,
    EngineFile,
    Missing,
    answered,
    ask_for_both,
    ask_for_placed_words,
    ask_for_turns,
    ask_for_words,
    chunk_file,
    lacks_times,
    whole_file,
)
from audio.pipeline.analysis.engine_plan import EnginePlan, needed_roles
from audio.pipeline.analysis.engine_retries import raise_if_unwanted
from audio.pipeline.analysis.joined_answers import joined_analysis
from audio.pipeline.analysis.parallel_calls import MAX_PARALLEL, hold_slots, run_in_parallel
from audio.pipeline.audio_quota import charged


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
        works = [_work(*one) for one in measured]
        calls = [call for work in works for call in work.calls]
        needed = {role for work in works for role in _needed(work)}
        most = max([len(calls), *(work.plan.most_calls or 1 for work in works)])
        with hold_slots(list(needed), min(most, MAX_PARALLEL)) as slots:
            counted = (partial(_counted, call, 1 / len(calls)) for call in calls)
            results = iter(run_in_parallel(*counted, limit=slots))
            answers = [[next(results) for _ in work.calls] for work in works]
            pairs = list(zip(works, answers, strict=True))
            return [joined_analysis(work, _joined_answers(work, found)) for work, found in pairs]


def _needed(work: Work) -> set[Role]:
    return {
        *work.plan.asked,
        *needed_roles(has_words=work.request.options is not None, speakers=work.request.speakers),
    }


@contextmanager
def _measured(
    request: AnalysisRequest,
) -> Iterator[tuple[AnalysisRequest, EnginePlan, list[ChunkFile], tuple[Notice, ...]]]:
    """Yield the request with a recording of known length, and the chunks of a long recording.

    A recording that engines would hear otherwise than the gateway is written anew for them, and
    one that they may not be able to read.
    """
    plan = request.plan()
    try:
        inspection = inspect(request.recording)
    except UndecodableAudio:
        # The engine may know the format; otherwise it refuses the recording.
        yield request, plan, [], ()
        return
    recording = replace(request.recording, seconds=inspection.seconds)
    with ExitStack() as files:
        if inspection.seconds is None or inspection.seconds > plan.chunk_after_s:
            chunk_s, rule = cut_within(plan.limit_s, plan.chunk_s)
            cut = chunk_files(recording, chunk_s, rule, after_each=raise_if_unwanted)
            chunks = files.enter_context(cut)
            recording = replace(recording, seconds=chunks[-1].end)
            if chunks[-1].end > plan.chunk_after_s:
                yield replace(request, recording=recording), plan, chunks, inspection.notices
                return
        if not inspection.is_plain or not _is_readable(recording, plan):
            recording = files.enter_context(rewritten(recording))
        elif plan.is_foreign:
            # Engines choose a reader by the name, which the client chose.
            recording = replace(recording, suffix=".wav")
        yield replace(request, recording=recording), plan, [], inspection.notices


def _is_readable(recording: Recording, plan: EnginePlan) -> bool:
    """Whether the engines read the file as it is: all read WAV, and not all have its limit."""
    if not plan.is_foreign:
        return True
    return recording.wav is not None and recording.path.stat().st_size <= plan.max_bytes


def _work(
    request: AnalysisRequest,
    plan: EnginePlan,
    chunks: Sequence[ChunkFile],
    notices: tuple[Notice, ...],
) -> Work:
    whole = request.recording
    files = [chunk_file(chunk, whole.field) for chunk in chunks] or [whole_file(whole)]
    # Without chunks no speakers are linked, and embeddings cost the engine work.
    links = bool(chunks) or request.linking != LINKING_RULE
    embeddings = request.speakers == "embeddings" or (request.speakers == "turns" and links)
    calls = [call for file in files for call in _calls(request, plan, file, embeddings)]
    return Work(request, plan, files, whole.seconds, notices, calls)


def _calls(
    request: AnalysisRequest, plan: EnginePlan, file: EngineFile, embeddings: bool
) -> Iterator[Call]:
    """Yield the calls for a file: engines transcribe and diarize side by side."""
    options, has_turns = request.options, request.speakers != "none"
    if options is not None and has_turns and (plan.is_one_call or plan.places_text):
        yield partial(ask_for_both, file, plan, options, embeddings)
        return
    if options is not None and plan.places_text:
        yield partial(ask_for_placed_words, file, plan, options)
    elif options is not None:
        yield partial(ask_for_words, file, plan, options)
    if has_turns:
        yield partial(ask_for_turns, file, plan, embeddings)


def _joined_answers(work: Work, found: Sequence[Answers]) -> Answers:
    """Join the answers for all files; a text without times is transcribed again by turns."""
    words = [one for answers in found for one in answers.words]
    turns = [one for answers in found for one in answers.turns]
    if not work.plan.places_text and any(lacks_times(answer) for _, answer in words):
        placed = _placed_words(work, words, dict(answered(turns)))
        words = [(at, placed.get(at, answer)) for at, answer in words]
    return Answers(tuple(words), tuple(turns))


def _placed_words(
    work: Work,
    words: Sequence[tuple[ChunkFile, Transcription | Missing]],
    diarized: Mapping[ChunkFile, Diarization],
) -> dict[ChunkFile, Transcription | Missing]:
    """Return the words of texts without times, as far as turns are known or may be asked for."""
    # By now the engine is known to give no times.
    plan, options = work.request.plan(), work.request.options or {}
    if not plan.can_place_text:
        return {}
    files = {file.place: file for file in work.files}
    lacking = [at for at, answer in words if lacks_times(answer) and at in files]
    if work.request.speakers != "none":
        lacking = [at for at in lacking if at in diarized and diarized[at].turns]
    calls = [
        partial(ask_for_placed_words, files[at], plan, options, diarized.get(at)) for at in lacking
    ]
    if not calls:
        return {}
    with hold_slots(plan.asked, MAX_PARALLEL) as slots:
        answers: list[Answers] = run_in_parallel(*calls, limit=slots)
    return dict(one for answer in answers for one in answer.words)


def _counted(call: Call, share: float) -> Any:
    job_progress.raise_if_stopped()
    answer = call()
    job_progress.advance(share)
    return answer
