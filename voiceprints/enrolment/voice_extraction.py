"""The extraction of one voice from recordings: the part of enrolment that calls the engine.

No row is locked meanwhile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from audio.context import traced
from audio.engines.dialects.dialect import ClipEmbedding
from audio.media.decoding import SAMPLE_RATE, check_decodable, clips
from audio.media.recording import Recording
from audio.merge.values import Embedding, Span, Turn
from audio.pipeline.analysis.clip_embeddings import embed_clips
from audio.pipeline.analysis.parallel_calls import MAX_PARALLEL, hold_slots, run_in_parallel
from audio.pipeline.transcription import diarize_chunk
from voiceprints.enrolment.voice_average import VoiceAverage, average_voice
from voiceprints.enrolment.windows import (
    SHORTEST_S,
    clean_windows,
    clip_turns,
    even_windows,
    spread_evenly,
)
from voiceprints.models import DIMENSION, Space
from voiceprints.people.enrolment_errors import Clipped, TooLittleSpeech, UnusableEmbedding

NEEDED_S = 10.0
# Two minutes of speech: more would not improve the voiceprint, and would cost engine time.
MOST_WINDOWS = 40
FULL_SCALE = 0.99
MOST_CLIPPED = 0.08
LONGEST_SAMPLE_S = 30.0

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ExtractedVoice:
    """An embedding of length 1, its quality, and the speech it was extracted from.

    `span` is where the speech is in the recording, in s, if there is only one recording.
    """

    space: Space
    vector: Embedding
    speech_s: float
    quality: dict[str, float]
    samples: Samples
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class _Clip:
    span: Span
    samples: Samples

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


@traced()
def extract_voice(
    recordings: Sequence[Recording], *, within: Span | None = None
) -> ExtractedVoice:
    """Extract the voice of the person who speaks in all recordings, or within a span of each.

    Raises
    ------
    EnrolmentRefused, UnusableAudio, EngineError
    """
    several = len(recordings) > 1
    recordings = [_numbered(one, n) if several else one for n, one in enumerate(recordings)]
    for recording in recordings:
        check_decodable(recording)
    calls = [partial(_turns, recording, within) for recording in recordings]
    # The slots are held for the windows too, of which there are more.
    with hold_slots(["turns", "voices"], MAX_PARALLEL):
        turns = run_in_parallel(*calls) if calls else []
        speech_clips = list(chain.from_iterable(_cut(recordings, turns)))
        _check_speech(speech_clips)
        return _voice(speech_clips, one_recording=not several)


def _numbered(recording: Recording, number: int) -> Recording:
    """Add its number to the field name that an error message shows."""
    return replace(recording, field=f"{recording.field}[{number}]")


@traced()
def extract_sample_voice(recording: Recording) -> ExtractedVoice:
    """Extract the voice of a stored sample, which is clean speech of one person throughout.

    Raises
    ------
    EnrolmentRefused, UnusableAudio, EngineError
    """
    [samples] = clips(recording, [Span(0.0, LONGEST_SAMPLE_S)])
    return _voice(_clips(recording, list(even_windows(Span(0.0, len(samples) / SAMPLE_RATE)))))


def _turns(recording: Recording, within: Span | None) -> tuple[Turn, ...]:
    turns = diarize_chunk(recording).diarization.turns
    return turns if within is None else clip_turns(turns, within)


def _cut(
    recordings: Sequence[Recording], turns: Sequence[Sequence[Turn]]
) -> Iterator[list[_Clip]]:
    """Yield the clips of each recording: `MOST_WINDOWS` in all, in proportion to its speech."""
    windows = [(n, window) for n, one in enumerate(turns) for window in clean_windows(one)]
    chosen = spread_evenly(windows, MOST_WINDOWS)
    for number, recording in enumerate(recordings):
        yield _clips(recording, [window for n, window in chosen if n == number])


def _clips(recording: Recording, windows: Sequence[Span]) -> list[_Clip]:
    """Return the clips of the windows; a truncated recording has no samples for some of them."""
    found = map(_Clip, windows, clips(recording, windows) if windows else [])
    return [clip for clip in found if clip.seconds > SHORTEST_S / 2]


def _check_speech(clips: Sequence[_Clip]) -> None:
    seconds = sum(clip.seconds for clip in clips)
    if seconds < NEEDED_S:
        raise TooLittleSpeech(seconds, NEEDED_S)


def _voice(cut: Sequence[_Clip], *, one_recording: bool = False) -> ExtractedVoice:
    clipping = _clipping_share(cut)
    voices = embed_clips([clip.samples for clip in cut])
    voiced = [(clip, voice) for clip, voice in zip(cut, voices, strict=True) if voice is not None]
    if not voiced:
        raise TooLittleSpeech(0.0, NEEDED_S)
    space = _space([voice for _, voice in voiced])
    averaged = _averaged(voiced, space)
    used = [clip for (clip, _), own in zip(voiced, averaged.used, strict=True) if own]
    _check_speech(used)
    samples = np.concatenate([clip.samples for clip in used])
    return ExtractedVoice(
        space=space,
        vector=averaged.vector,
        speech_s=round(sum(clip.seconds for clip in used), 3),
        quality={
            "windows": len(cut),
            "discarded": len(cut) - len(used),
            "cohesion": round(averaged.cohesion, 4),
            "clipping_share": round(clipping, 4),
        },
        samples=samples[: int(LONGEST_SAMPLE_S * SAMPLE_RATE)],
        span=Span(used[0].span.start, used[-1].span.end) if one_recording else None,
    )


def _clipping_share(cut: Sequence[_Clip]) -> float:
    loud = sum(int((np.abs(clip.samples) >= FULL_SCALE).sum()) for clip in cut)
    share = loud / max(1, sum(len(clip.samples) for clip in cut))
    if share > MOST_CLIPPED:
        raise Clipped(share, MOST_CLIPPED)
    return share


def _space(voices: Sequence[ClipEmbedding]) -> Space:
    numbers = len(voices[0].embedding)
    if numbers != DIMENSION:
        raise UnusableEmbedding(
            f"The engine's embeddings have {numbers} numbers; this library stores {DIMENSION}."
        )
    return Space.for_engine(voices[0].space)


def _averaged(voiced: Sequence[tuple[_Clip, ClipEmbedding]], space: Space) -> VoiceAverage:
    vectors = np.stack([voice.embedding for _, voice in voiced])
    seconds = np.array([clip.seconds for clip, _ in voiced])
    return average_voice(vectors, seconds, threshold=space.same_voice_threshold)
