"""The calls that are measured: to the gateway, and to the engine for the same work."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from audio.media.encoding import wav
from benchmarks.gateway.wire import Message, message

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Work:
    """A request to the gateway, and the parallel engine requests for the same work."""

    name: str
    gateway: Message
    engine: Sequence[Message]


def models() -> Work:
    listed = message("GET", "/v1/models")
    return Work("models", listed, [message("GET", "/v1/audio/voices")])


def speech(text: str = "Good morning to you all.") -> Work:
    body = {"model": "tts-1", "voice": "bm_george", "response_format": "wav", "input": text}
    spoken = message("POST", "/v1/audio/speech", json=body)
    return Work("speech", spoken, [spoken])


def transcription(size: int = MEBIBYTE) -> Work:
    form = {"files": {"file": noise(size)}, "data": {"model": "whisper-1"}}
    asked = message("POST", "/v1/audio/transcriptions", **form)
    return Work("transcription", asked, [asked])


def label_merge(size: int = MEBIBYTE // 2) -> Work:
    mic, system = noise(size, seed=1), noise(size, seed=2)
    form = {"files": {"mic_file": mic, "system_file": system}, "data": {"timeline": "[]"}}
    engine = [
        message("POST", path, files={"file": track})
        for track in (mic, system)
        for path in ("/v1/audio/transcriptions", "/v1/audio/diarize-chunk")
    ]
    return Work("label-merge", message("POST", "/api/audio/label-merge", **form), engine)


def noise(size: int, seed: int = 0) -> bytes:
    """Return a WAV of this size whose samples are not silence."""
    samples = default_rng(seed).normal(0.0, 2000.0, (size - 44) // 2).astype(np.int16)
    return wav(samples)
