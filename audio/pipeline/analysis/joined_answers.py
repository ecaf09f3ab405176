"""The answers of engines for a recording, or for its chunks, joined to one analysis."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from audio import metrics
from audio.engines.roles import is_configured
from audio.media.chunk_files import ChunkFile
from audio.merge.chunks.chunk_overlaps import Chunk
from audio.merge.chunks.constrained_clustering import LINKING_RULE, LinkingRule
from audio.merge.chunks.linking import link_chunks
from audio.merge.chunks.transcript_text import Part, join_parts
from audio.merge.diarized_speakers import SPEAKER_LIMIT, check_answers, check_speaker_limit
from audio.merge.values import Diarization, Notice, Transcription
from audio.pipeline.analysis.analysis_work import NO_TURNS, NO_WORDS, Analysis, Work
from audio.pipeline.analysis.engine_answers import Answers, Missing, answered
from audio.pipeline.analysis.engine_plan import LABELS_NOT_LINKED, NO_VOICES_ENGINE

T = TypeVar("T")
# How unlike the labels of one speaker may be on average. The pure function's 0.7 joins people with
# similar voices: the embedding of a label is the mean of all its speech in a chunk.
LINKING_CUT = 0.5


def joined_analysis(work: Work, found: Answers) -> Analysis:
    """Return the analysis of a recording by the answers for it, or for its chunks."""
    if work.is_cut or max(len(found.words), len(found.turns)) > 1:
        return _joined(work, found)
    transcriptions = [answer for _, answer in answered(found.words)]
    diarizations = [answer for _, answer in answered(found.turns)]
    transcription = transcriptions[0] if transcriptions else NO_WORDS
    warnings = (*work.notices, *_checked(work, transcription, diarizations))
    if diarizations and work.request.linking != LINKING_RULE:
        whole = Chunk(0.0, diarizations[0].duration or 0.0, diarizations[0])
        diarizations = [_linked([whole], work.request.linking)]
    turns = diarizations[0] if diarizations else NO_TURNS
    return Analysis(transcription, turns, warnings, work.seconds)


def _checked(
    work: Work, transcription: Transcription, diarizations: Sequence[Diarization]
) -> tuple[Notice, ...]:
    """Return warnings about what is missing in the answers, or in the engines."""
    turns = work.plan.turns
    has_limit = turns is None or turns.capabilities.max_speakers == SPEAKER_LIMIT
    wants_voices = work.request.speakers == "embeddings" and not is_configured("voices")
    return (
        *(check_speaker_limit(*diarizations) if has_limit else ()),
        *check_answers(transcription, diarizations),
        *([NO_VOICES_ENGINE] if wants_voices and not _have_voices(diarizations) else []),
    )


def _have_voices(diarizations: Sequence[Diarization]) -> bool:
    return any(one.embeddings for one in diarizations)


def _joined(work: Work, found: Answers) -> Analysis:
    words, without_words = _by_chunk(found.words, "transcribed")
    turns, without_turns = _by_chunk(found.turns, "diarized")
    parts = [Part(chunk.start, chunk.begin, chunk.stop, answer) for chunk, answer in words]
    chunks = [Chunk(chunk.start, chunk.end, answer) for chunk, answer in turns]
    diarized = [answer for _, answer in turns]
    transcription = join_parts(parts)
    can_link = len(chunks) < 2 or _have_voices(diarized) or is_configured("voices")
    return Analysis(
        transcription,
        _linked(chunks, work.request.linking),
        (
            *work.notices,
            *without_words,
            *without_turns,
            *_checked(work, transcription, diarized),
            *([] if can_link else [LABELS_NOT_LINKED]),
        ),
        work.seconds,
    )


def _linked(chunks: Sequence[Chunk], rule: LinkingRule) -> Diarization:
    with metrics.MERGES.labels("link").time():
        return link_chunks(chunks, rule=replace(rule, cut=LINKING_CUT)).diarization


def _by_chunk(
    parts: Sequence[tuple[ChunkFile, T | Missing]], done: str
) -> tuple[list[tuple[ChunkFile, T]], list[Notice]]:
    """Return the chunks that have an answer, and a notice for each chunk without one."""
    missing = [(chunk, one.error) for chunk, one in parts if isinstance(one, Missing)]
    found = answered(parts)
    if missing and not found:
        raise missing[0][1]
    return found, [
        Notice(
            "span_missing",
            f"From {chunk.begin:.1f} s to {chunk.stop:.1f} s nothing was {done}: {error}",
        )
        for chunk, error in missing
    ]
