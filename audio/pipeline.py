"""The story of each job: which engines are asked, and what becomes of their answers.

Views and commands call these functions; they know nothing of HTTP requests.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from audio import decoding
from audio.engines import kokoro, parakeet
from audio.engines.client import Engine, EngineError, EngineNotConfigured, EngineRefused, Recording
from audio.library import library
from audio.merge.acceptance import EvidenceRule
from audio.merge.attribution import TrackAnswer, attribute, attribute_dual
from audio.merge.labelling import LabellingRule, label_blocks, speaker_limit
from audio.merge.loudness import Track
from audio.merge.naming import NamingRule, speakers_of
from audio.merge.timeline import (
    NO_VOICES,
    Diarization,
    Hint,
    LabelledTranscript,
    NamedTranscript,
    Span,
    Transcription,
    Voices,
)

# Diarizers begin a turn up to a quarter of a second after its first word, which is still theirs.
# And a recognizer that hears one speaker at a time gives the words of an overlap in turn.
LABELLING = LabellingRule(tolerance_s=0.25, share_overlaps=True)
DEFAULT_LANGUAGE = "en"
_NO_OPTIONS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeJob:
    """What label-merge is asked to do: `file`, or both tracks."""

    hints: tuple[Hint, ...]
    file: Recording | None = None
    mic: Recording | None = None
    system: Recording | None = None
    self_name: str = "Me"
    self_vad: tuple[Span, ...] | None = None
    known_voices: Voices | None = None
    may_read_library: bool = False
    transcribe: bool = False
    rule: Literal["overlap", "evidence"] = "overlap"
    min_overlap: float = 0.0
    voiceprint_threshold: float = 0.5


def transcribe(recording: Recording, options: Mapping[str, str] = _NO_OPTIONS) -> Transcription:
    """What does this recording say?"""
    return parakeet.transcribe(recording, options)


def diarize_chunk(recording: Recording) -> Diarization:
    """Who, anonymously, talks when in this recording?"""
    return parakeet.diarize_chunk(recording)


def speak(body: Mapping[str, object]) -> kokoro.SpeechStream:
    """Speech, from its first bytes on."""
    return kokoro.speak(body)


def voices() -> list[str]:
    """The speech engine's voices; none while it does not answer."""
    try:
        return kokoro.voices()
    except EngineError:
        return []


def engine_states() -> dict[str, str]:
    """Whether each engine says that it can infer."""
    states = in_parallel(partial(_state, parakeet.parakeet), partial(_state, kokoro.kokoro))
    return dict(zip(("parakeet", "kokoro"), states, strict=True))


def _state(engine: Callable[[], Engine]) -> str:
    try:
        return "ready" if engine().is_healthy() else "down"
    except EngineNotConfigured:
        return "not_configured"


def transcribe_with_speakers(recording: Recording) -> LabelledTranscript:
    """Who, anonymously, said what in this recording?"""
    said, heard = in_parallel(partial(transcribe, recording), partial(parakeet.diarize, recording))
    blocks, warnings = label_blocks(heard, said, rule=LABELLING)
    return LabelledTranscript(
        duration=next((d for d in (said.duration, heard.duration) if d is not None), 0.0),
        language=said.language or DEFAULT_LANGUAGE,
        speakers=speakers_of(heard),
        blocks=blocks,
        models={
            "transcription": said.model or "parakeet",
            "diarization": heard.models.get("diarization", "sortformer"),
        },
        warnings=(*warnings, *speaker_limit(heard)),
    )


def label_merge(job: MergeJob) -> NamedTranscript:
    """Who said what, by name, in this recording?

    Raises
    ------
    EngineError, UndecodableAudio
    """
    if job.mic and job.system:
        return _label_merge_dual(job, job.mic, job.system)
    if job.file is None:
        raise ValueError("label_merge: expected file, or mic and system; got neither")
    return _label_merge_mono(job, job.file)


def _label_merge_mono(job: MergeJob, recording: Recording) -> NamedTranscript:
    calls: list[Callable[[], Any]] = [partial(diarize_chunk, recording)]
    if job.transcribe:
        calls.append(partial(transcribe, recording))
    heard, *said = in_parallel(*calls)
    named = attribute(
        heard,
        said[0] if said else None,
        job.hints,
        _known_voices(job, heard),
        rule=_rule(job),
        labelling=LABELLING,
    )
    return replace(named, warnings=(*named.warnings, *speaker_limit(heard)))


def _label_merge_dual(job: MergeJob, mic: Recording, system: Recording) -> NamedTranscript:
    if job.self_vad is None:
        # Before any engine works for an answer that could not be given.
        decoding.check_decodable(mic.path, param="mic_file")
        decoding.check_decodable(system.path, param="system_file")
    heard_mic, heard, said_mic, said = in_parallel(
        partial(_of_track, "mic_file", diarize_chunk, mic),
        partial(_of_track, "system_file", diarize_chunk, system),
        partial(_of_track, "mic_file", transcribe, mic),
        partial(_of_track, "system_file", transcribe, system),
    )
    named = attribute_dual(
        TrackAnswer(heard_mic, said_mic, _samples(mic)),
        TrackAnswer(heard, said, _samples(system)),
        job.hints,
        _known_voices(job, heard, heard_mic),
        self_name=job.self_name,
        self_vad=job.self_vad,
        rule=_rule(job),
        labelling=LABELLING,
    )
    return replace(named, warnings=(*named.warnings, *speaker_limit(heard_mic, heard)))


def _of_track(field: str, call: Callable[[Recording], Any], recording: Recording) -> Any:
    """An engine does not know which of two tracks it refuses."""
    try:
        return call(recording)
    except EngineRefused as refusal:
        raise refusal.about(field) from refusal


def _samples(recording: Recording) -> Track:
    return Track(decoding.SAMPLE_RATE, lambda: decoding.sample_blocks(recording.path))


def _rule(job: MergeJob) -> NamingRule | EvidenceRule:
    if job.rule == "evidence":
        return EvidenceRule(voiceprint_threshold=job.voiceprint_threshold)
    return NamingRule(job.min_overlap, job.voiceprint_threshold)


def _known_voices(job: MergeJob, *heard: Diarization) -> Voices:
    """The caller's library when one was sent, even an empty one; else the stored one."""
    if job.known_voices is not None:
        return job.known_voices
    if not job.may_read_library:
        return NO_VOICES
    prints = {
        f"{track} {label}": fingerprint
        for track, diarization in enumerate(heard)
        for label, fingerprint in diarization.fingerprints.items()
    }
    return library().voices(heard[0].models.get("embedding", ""), prints)


def in_parallel(*calls: Callable[[], Any]) -> list[Any]:
    """Run engine calls at once, in this request's context; the first failure ends the wait.

    What is still under way then runs out on its own: its answer is thrown away.
    """
    pool = ThreadPoolExecutor(max_workers=len(calls))
    try:
        futures: list[Future[Any]] = [pool.submit(copy_context().run, call) for call in calls]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for failed in (future for future in done if future.exception()):
            failed.result()
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=False)
