"""Recordings of voices for enrolment, and scripted responses of an engine."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.media.decoding import SAMPLE_RATE, clips
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.values import Span
from benchmarks.recorded_meetings import CLINIC, LOCAL_USER, Meeting
from tests.faults import FaultServer
from tests.recordings import square_wave
from tests.recordings import wav as wav_of
from tests.voiceprints.people import SPACE, axis

DIARIZE = "/v1/audio/diarize-chunk"


def clinic_voice(name: str, seconds: float, target: Path) -> Recording:
    """Write the speech of one person of the clinic meeting to a file."""
    track = CLINIC / ("mic.flac" if name == LOCAL_USER else "system.flac")
    utterances = [one for one in Meeting(CLINIC).utterances if one.name == name]
    samples = np.concatenate(
        clips(Recording(track), [Span(one.start, one.end) for one in utterances])
    )
    target.write_bytes(wav(pcm(samples[: int(seconds * SAMPLE_RATE)])))
    return Recording(target, ".wav", target.name)


def tone(target: Path, seconds: float = 13.0, amplitude: int = 4000) -> Recording:
    """Write a recording for a scripted engine."""
    target.write_bytes(wav_of(square_wave(amplitude, seconds)))
    return Recording(target, ".wav", target.name)


def script_voice(
    faults: FaultServer,
    vector: NDArray[np.float64] | None = None,
    *,
    seconds: float = 12.5,
    space: str = SPACE,
) -> None:
    """Script an engine that returns one voice for `seconds`, whatever the recording."""
    faults.answer(
        DIARIZE,
        {
            "duration": seconds,
            "segments": [{"start_s": 0.0, "end_s": seconds, "speaker": "Speaker_0"}],
            "speakers_detected": ["Speaker_0"],
            "fingerprints": {"Speaker_0": (axis(0) if vector is None else vector).tolist()},
            "models": {"diarization": "sortformer", "embedding": space},
        },
    )
