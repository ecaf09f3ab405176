"""A scripted engine that speaks a tone in the format that it is asked for."""

import io

import av
import numpy as np
from numpy.typing import NDArray

from tests.engine_answers import SPEAK
from tests.faults import Answer, Asked, FaultServer
from tests.recordings import wav

RATE = 24_000
SPOKEN: NDArray[np.int16] = (8000 * np.sin(np.arange(RATE) / RATE * 880 * np.pi)).astype(np.int16)


def speak_a_tone(faults: FaultServer) -> None:
    """Script speech of one second."""
    faults.respond(SPEAK, _speech)


def _speech(asked: Asked) -> Answer:
    wanted = asked.json["response_format"]
    if wanted == "pcm":
        return Answer(pieces=(SPOKEN.tobytes(),), content_type="audio/pcm")
    if wanted == "mp3":
        return Answer(pieces=(_mp3(),), content_type="audio/mpeg")
    return Answer(pieces=(wav(SPOKEN, RATE),), content_type="audio/wav")


def _mp3() -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp3") as written:
        stream = written.add_stream("libmp3lame", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(SPOKEN[np.newaxis], "s16", "mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler("s16p", "mono", RATE, 1152)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            written.mux(stream.encode(part))
        written.mux(stream.encode(None))
    return buffer.getvalue()
