"""An engine that hears the same in whatever it is sent, and what a test asks of its memory."""

import json

from tests.faults import Answer, FaultServer
from tests.recordings import square_wave, wav

TRANSCRIBE = "/v1/audio/transcriptions"
DIARIZE = "/v1/audio/diarize-chunk"
ANN, BOB = [1.0, *[0.0] * 191], [0.0, 1.0, *[0.0] * 190]
SAID = {
    "text": "Good morning. Hi!",
    "duration": 2.0,
    "language": "en",
    "words": [
        {"text": "Good", "start": 0.1, "end": 0.3},
        {"text": "morning.", "start": 0.3, "end": 0.8},
        {"text": "Hi!", "start": 1.3, "end": 1.8},
    ],
}
HEARD = {
    "duration": 2.0,
    "segments": [
        {"start_s": 0.0, "end_s": 1.0, "speaker": "Speaker_0"},
        {"start_s": 1.2, "end_s": 2.0, "speaker": "Speaker_1"},
    ],
    "speakers_detected": ["Speaker_0", "Speaker_1"],
    "fingerprints": {"Speaker_0": ANN, "Speaker_1": BOB},
    "models": {"diarization": "sortformer", "embedding": "titanet@1"},
}


def as_json(body: object) -> Answer:
    return Answer(pieces=(json.dumps(body).encode(),))


def script(faults: FaultServer) -> None:
    """Hear Ann, then Bob."""
    faults.answer(TRANSCRIBE, SAID)
    faults.answer(DIARIZE, HEARD)


def recording(number: int, seconds: float = 2.0) -> bytes:
    """A recording that is like no other of another number."""
    return wav(square_wave(3000 + number, seconds))


def times_heard(faults: FaultServer, content: bytes) -> int:
    """How often the engine was asked what is said in this recording."""
    return sum(asked.path == TRANSCRIBE and content in asked.body for asked in list(faults.asked))
