"""Answers of scripted engines for tests that are not about the answer itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.faults import FaultServer

TRANSCRIBE = "/v1/audio/transcriptions"
TRANSLATE = "/v1/audio/translations"
# The turns and an embedding of each speaker; `DIARIZE_TURNS` answers without embeddings.
DIARIZE = "/v1/audio/diarize-chunk"
DIARIZE_TURNS = "/v1/audio/diarize"
SPEAK = "/v1/audio/speech"

Body = dict[str, Any]
ANA, BEN = [1.0, *[0.0] * 191], [0.0, 1.0, *[0.0] * 190]


def transcription(text: str, spans: Sequence[tuple[float, float]], duration: float) -> Body:
    """Return a transcription whose words have these starts and ends, in seconds."""
    words = zip(text.split(), spans, strict=True)
    return {
        "text": text,
        "duration": duration,
        "language": "en",
        "words": [{"text": word, "start": start, "end": end} for word, (start, end) in words],
    }


def diarization(
    spans: Sequence[tuple[float, float]],
    embeddings: Sequence[Sequence[float]],
    duration: float,
    *,
    embedding_model: str = "titanet",
) -> Body:
    """Return a diarization in which each speaker has one turn and one embedding."""
    labels = [f"Speaker_{number}" for number in range(len(spans))]
    return {
        "duration": duration,
        "segments": [
            {"start_s": start, "end_s": end, "speaker": label}
            for label, (start, end) in zip(labels, spans, strict=True)
        ],
        "speakers_detected": labels,
        "fingerprints": {
            label: list(vector) for label, vector in zip(labels, embeddings, strict=True)
        },
        "models": {"diarization": "sortformer", "embedding": embedding_model},
    }


def without_embeddings(answer: Mapping[str, Any]) -> Body:
    """Return a diarization as the endpoint for turns alone answers it."""
    return {**answer, "fingerprints": None}


# Two sentences of 4 s, by one speaker each.
TEXT = "Turn on the light. Then close the blinds."
TRANSCRIPTION = transcription(
    TEXT,
    [
        *[(0.0, 0.5), (0.5, 0.75), (0.75, 1.0), (1.0, 1.5)],
        *[(2.0, 2.5), (2.5, 3.0), (3.0, 3.25), (3.25, 4.0)],
    ],
    4.0,
)
# Of another text, so that a test sees which of the two it got.
TRANSLATED = "Make it bright. Then shut the blinds."
TRANSLATION = {
    **transcription(TRANSLATED, [(0.5 * n, 0.5 * n + 0.5) for n in range(7)], 4.0),
    "task": "translate",
}
DIARIZATION = diarization([(0.0, 1.8), (1.9, 4.0)], [[1.0, 0.0], [0.0, 1.0]], 4.0)
SPEECH = b"ID3 spoken"

# A meeting of 10 s: Ana greets, Ben answers.
MEETING_TEXT = "Good morning. Hi!"
MEETING_TRANSCRIPTION = transcription(MEETING_TEXT, [(1.0, 1.5), (1.5, 2.0), (6.0, 6.5)], 10.0)
MEETING_DIARIZATION = diarization([(0.0, 4.0), (5.0, 9.0)], [ANA, BEN], 10.0)
MEETING_DIARIZATION["segments"][0]["confidence"] = 0.97

# The same meeting in 2 s, for tests that make many recordings.
SHORT_TRANSCRIPTION = transcription(MEETING_TEXT, [(0.1, 0.3), (0.3, 0.8), (1.3, 1.8)], 2.0)
SHORT_DIARIZATION = diarization(
    [(0.0, 1.0), (1.2, 2.0)], [ANA, BEN], 2.0, embedding_model="titanet@1"
)


def script_meeting(faults: FaultServer) -> None:
    """Script an engine that answers the meeting of 10 s, with and without embeddings."""
    faults.answer(DIARIZE, MEETING_DIARIZATION)
    faults.answer(DIARIZE_TURNS, without_embeddings(MEETING_DIARIZATION))
    faults.answer(TRANSCRIBE, MEETING_TRANSCRIPTION)
