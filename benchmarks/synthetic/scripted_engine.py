"""A scripted engine: answers of the right size, immediately or after a fixed time.

It serves figures of the gateway alone. It returns 2.5 words a second and turns of four speakers.
"""

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from tests.faults import Answer, Asked, running_fault_server

SPEAKERS, DIMENSION = 4, 192
WORD_S, TURN_S = 0.4, 4.0
SAMPLES_PER_S, BYTES_PER_SAMPLE = 16_000, 2


@dataclass(frozen=True, slots=True)
class Script:
    """The length of a recording without a WAV header, and the latency of an answer."""

    whole_s: float
    latency_s: float = 0.0

    def transcription(self, asked: Asked) -> Answer:
        seconds = self._forget(asked)
        words = [
            {"word": "word.", "start": start, "end": start + 0.75 * WORD_S}
            for start in np.arange(0.0, seconds - WORD_S, WORD_S).round(3).tolist()
        ]
        text = " ".join("word." for _ in words)
        return self._answer({"text": text, "duration": seconds, "language": "en", "words": words})

    def diarization(self, asked: Asked) -> Answer:
        seconds = self._forget(asked)
        turns = [
            {"start_s": start, "end_s": start + 0.9 * TURN_S, "speaker": f"S{at % SPEAKERS}"}
            for at, start in enumerate(np.arange(0.0, seconds - TURN_S, TURN_S).round(3).tolist())
        ]
        prints = np.eye(SPEAKERS, DIMENSION).tolist()
        labels = [f"S{speaker}" for speaker in range(SPEAKERS)]
        return self._answer(
            {
                "duration": seconds,
                "segments": turns,
                "speakers_detected": labels,
                "fingerprints": dict(zip(labels, prints, strict=True)),
            }
        )

    def _forget(self, asked: Asked) -> float:
        """Drop the upload; return the seconds of a WAV chunk, or of the whole recording."""
        header = asked.body.find(b"RIFF", 0, 4096)
        if header < 0:
            return self.whole_s
        (size,) = struct.unpack_from("<I", asked.body, header + 4)
        return float(size) / (SAMPLES_PER_S * BYTES_PER_SAMPLE)

    def _answer(self, body: object) -> Answer:
        return Answer(pieces=(json.dumps(body).encode(),), after_s=self.latency_s)


@contextmanager
def scripted_engine(script: Script) -> Iterator[str]:
    """Serve such an engine and yield its URL."""
    with running_fault_server() as server:
        for path, tell in (
            ("/v1/audio/transcriptions", script.transcription),
            ("/v1/audio/diarize", script.diarization),
            ("/v1/audio/diarize-chunk", script.diarization),
        ):
            server.respond(path, tell)
        yield server.url
