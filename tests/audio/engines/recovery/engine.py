"""Scripts for an engine that answers probes correctly, or fails them."""

import io
import wave

import numpy as np

from audio.engines.recovery.probes import CLIP_TEXT
from tests.engine_answers import DIARIZATION, SPEAK, TRANSCRIBE
from tests.faults import FaultServer

DIARIZE = "/v1/audio/diarize-chunk"
CUDA = {"detail": "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling cublasGemmEx"}


def tone(seconds: float, loudness: float = 0.3) -> bytes:
    """Return a WAV at 24 kHz, as Kokoro's speech is."""
    times = np.arange(round(seconds * 24_000)) / 24_000
    samples = np.sin(2 * np.pi * 220 * times) * loudness * 32_767
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(24_000)
        written.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def heal(faults: FaultServer) -> None:
    """Script correct answers."""
    faults.answer(TRANSCRIBE, {"text": CLIP_TEXT, "duration": 2.6})
    faults.answer(DIARIZE, DIARIZATION)
    faults.answer(SPEAK, tone(0.6), content_type="audio/wav")


def wedge(faults: FaultServer) -> None:
    """Script 500 for every operation, as after a wedged CUDA context."""
    faults.answer(TRANSCRIBE, CUDA, status=500)
    faults.answer(DIARIZE, CUDA, status=500)
    faults.answer(SPEAK, CUDA, status=500)
