"""What do the engines hear in recordings of any length?

A recording longer than CHUNK_AFTER_S is cut into pieces, which the engines hear a few at a time; a
piece that stays unheard is a span that the result names as missing. What is heard of the pieces
becomes one transcription and one diarization again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Any, Literal

from django.conf import settings

from audio import metrics
from audio.engines.dialects import parakeet
from audio.engines.failures import EngineError, EngineNotConfigured, EngineRefused
from audio.media.chunk_files import Piece, pieces_of
from audio.media.decoding import UndecodableAudio, length_s
from audio.media.recording import Recording
from audio.merge.chunk_overlaps import Chunk
from audio.merge.clustering import LINKING_RULE, LinkingRule
from audio.merge.diarized_speakers import check_speaker_limit
from audio.merge.linking import link_chunks
from audio.merge.transcript_text import Part, join_parts
from audio.merge.values import Diarization, Notice, Transcription
from audio.pipeline import job_progress
from audio.pipeline.engine_retries import call_with_retries, raise_if_unwanted
from audio.pipeline.parallel_calls import admitted_in_parallel

# How unlike the labels of one speaker may be on average. The pure function's 0.7 takes people who
# resemble each other for one: what a label sounds like is the mean of all it says in a piece.
LINKING_CUT = 0.5


_NOTHING = Transcription("", ())
_NOBODY = Diarization((), ())
Ask = Callable[[Recording], Any]
Call = Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What is to be heard in a recording.

    `options` of the transcription, None where none is wanted; `speakers`: no diarization, who
    talks when, or also how each of them sounds; `linking`: how many speakers there may be.
    """

    recording: Recording
    options: Mapping[str, str] | None = None
    speakers: Literal["none", "turns", "fingerprints"] = "none"
    linking: LinkingRule = LINKING_RULE


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in a recording, and what the reader of a result should know of it."""

    said: Transcription = _NOTHING
    talk: Diarization = _NOBODY
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unheard:
    """A piece that an engine did not hear, and why."""

    error: EngineError


@dataclass(frozen=True, slots=True)
class _Plan:
    """The engine calls for one recording: per piece, or one each for the whole of it."""

    pieces: Sequence[Piece]
    linking: LinkingRule
    transcriptions: Sequence[Call]
    diarizations: Sequence[Call]

    def in_turns(self) -> list[Call]:
        """Transcriptions and diarizations by turns: engines do the two side by side."""
        pairs = zip_longest(self.transcriptions, self.diarizations)
        return [call for pair in pairs for call in pair if call is not None]


def hear(*hearings: Hearing) -> list[Heard]:
    """What do the engines hear in these recordings? All of it at once, as far as they take it.

    Raises
    ------
    EngineError
        Of a whole recording, or where no piece of one was heard.
    UnusableAudio, DecodingUnavailable, Stopped
    """
    with ExitStack() as files:
        plans = [_plan(*files.enter_context(_measured(hearing))) for hearing in hearings]
        calls = [call for plan in plans for call in plan.in_turns()]
        counted = (partial(_counted, call, 1 / len(calls)) for call in calls)
        told = admitted_in_parallel(parakeet.parakeet(), *counted)
    answers = dict(zip(calls, told, strict=True))
    return [_heard(plan, answers) for plan in plans]


@contextmanager
def _measured(hearing: Hearing) -> Iterator[tuple[Hearing, list[Piece]]]:
    """With the recording's length, as far as it is known, and with its pieces if it is long."""
    recording = hearing.recording
    seconds, may_be_long = _length(recording)
    if not may_be_long:
        yield replace(hearing, recording=replace(recording, seconds=seconds)), []
        return
    with pieces_of(
        recording.path, settings.CHUNK_S, param=recording.field, go_on=raise_if_unwanted
    ) as pieces:
        whole = replace(recording, seconds=pieces[-1].end)
        is_long = pieces[-1].end > settings.CHUNK_AFTER_S
        yield replace(hearing, recording=whole), pieces if is_long else []


def _length(recording: Recording) -> tuple[float | None, bool]:
    """What it says of its length, and whether that may be more than the engines take whole."""
    try:
        seconds = length_s(recording.path, param=recording.field)
    except UndecodableAudio:
        # The engine may know the format; and if not, it says so.
        return None, False
    return seconds, seconds is None or seconds > settings.CHUNK_AFTER_S


def _plan(hearing: Hearing, pieces: Sequence[Piece]) -> _Plan:
    whole = hearing.recording
    files = [_file_of(piece, whole.field) for piece in pieces] or [whole]
    diarize = parakeet.diarize_chunk
    if hearing.speakers == "turns" and not pieces and hearing.linking == LINKING_RULE:
        # Nothing is to be linked, and fingerprints cost the engine work.
        diarize = parakeet.diarize
    transcribe = partial(_transcribe, options=hearing.options or {})
    asked = _persistently if pieces else _once
    return _Plan(
        pieces,
        hearing.linking,
        [partial(asked, transcribe, file) for file in files if hearing.options is not None],
        [partial(asked, diarize, file) for file in files if hearing.speakers != "none"],
    )


def _file_of(piece: Piece, field: str) -> Recording:
    return Recording(piece.path, ".wav", field=field, seconds=piece.end - piece.start)


def _transcribe(recording: Recording, *, options: Mapping[str, str]) -> Transcription:
    """As long as the recording says it is, where the engine does not say."""
    said = parakeet.transcribe(recording, options)
    return said if said.duration is not None else replace(said, duration=recording.seconds)


def _once(ask: Ask, recording: Recording) -> Any:
    return ask(recording)


def _persistently(ask: Ask, recording: Recording) -> Any:
    """Ask with retries; an engine that still fails leaves the chunk unanswered."""
    try:
        return call_with_retries(partial(ask, recording), _delay)
    except EngineNotConfigured:
        raise
    except EngineError as error:
        return _Unheard(error)


def _delay(error: Exception, planned_s: float) -> float | None:
    """Return how long to wait before the next attempt; None where it cannot succeed."""
    is_final = isinstance(error, EngineRefused) and error.retry_after is None
    return None if is_final or isinstance(error, EngineNotConfigured) else planned_s


def _counted(call: Call, share: float) -> Any:
    job_progress.raise_if_stopped()
    answer = call()
    job_progress.advance(share)
    return answer


def _heard(plan: _Plan, answers: Mapping[Call, Any]) -> Heard:
    said = [answers[call] for call in plan.transcriptions]
    talk = [answers[call] for call in plan.diarizations]
    if plan.pieces:
        return _heard_in_pieces(plan, said, talk)
    limit = check_speaker_limit(*talk)
    if talk and plan.linking != LINKING_RULE:
        whole = Chunk(0.0, talk[0].duration or 0.0, talk[0])
        talk = [_linked([whole], plan.linking)]
    return Heard(said[0] if said else _NOTHING, talk[0] if talk else _NOBODY, limit)


def _heard_in_pieces(plan: _Plan, said: Sequence[Any], talk: Sequence[Any]) -> Heard:
    words, no_words = _by_piece(plan.pieces, said, "transcribed")
    turns, no_turns = _by_piece(plan.pieces, talk, "diarized")
    parts = [Part(piece.start, piece.begin, piece.stop, one) for piece, one in words]
    chunks = [Chunk(piece.start, piece.end, one) for piece, one in turns]
    return Heard(
        join_parts(parts),
        _linked(chunks, plan.linking),
        (*no_words, *no_turns, *check_speaker_limit(*(one for _, one in turns))),
    )


def _linked(chunks: Sequence[Chunk], wanted: LinkingRule) -> Diarization:
    with metrics.MERGES.labels("link").time():
        return link_chunks(chunks, rule=replace(wanted, cut=LINKING_CUT)).diarization


def _by_piece(
    pieces: Sequence[Piece], answers: Sequence[Any], done: str
) -> tuple[list[tuple[Piece, Any]], list[Notice]]:
    """The pieces that were heard, with the answers; of the others a notice each."""
    heard: list[tuple[Piece, Any]] = []
    unheard: list[tuple[Piece, EngineError]] = []
    for piece, answer in zip(pieces, answers, strict=bool(answers)):
        if isinstance(answer, _Unheard):
            unheard.append((piece, answer.error))
        else:
            heard.append((piece, answer))
    if unheard and not heard:
        raise unheard[0][1]
    return heard, [
        Notice(
            "span_missing",
            f"From {piece.begin:.1f} s to {piece.stop:.1f} s nothing was {done}: {error}",
        )
        for piece, error in unheard
    ]
