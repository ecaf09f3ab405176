"""Examples of jobs for the OpenAPI schema, which a test compares with real answers."""

from drf_spectacular.utils import OpenApiExample

JOB = "0d6f1a3c-9b1e-4a55-8e0b-6f3a52f0c7d1"
QUEUED = {
    "object": "job",
    "id": JOB,
    "kind": "transcribe-with-speakers",
    "name": "talk.wav",
    "state": "queued",
    "progress": 0.0,
    "attempts": 0,
    "created_at": "2026-05-03T14:00:00Z",
    "started_at": None,
    "finished_at": None,
    "transcript_id": None,
    "error": None,
    "webhook": None,
}
DONE = {
    **QUEUED,
    "state": "done",
    "progress": 1.0,
    "attempts": 1,
    "started_at": "2026-05-03T14:00:01Z",
    "finished_at": "2026-05-03T14:00:09Z",
    "result": {
        "duration": 10.0,
        "language": "en",
        "speakers_detected": ["Speaker_0", "Speaker_1"],
        "segments": [
            {"start_ms": 1000, "end_ms": 2000, "speaker": "Speaker_0", "text": "Good morning."},
            {"start_ms": 6000, "end_ms": 6500, "speaker": "Speaker_1", "text": "Hi!"},
        ],
        "models": {"transcription": "parakeet", "diarization": "sortformer"},
    },
    "warnings": [],
}
FAILED = {
    **DONE,
    "state": "failed",
    "progress": 0.0,
    "error": {
        "message": "file: The recording could not be decoded.",
        "type": "invalid_request_error",
        "param": "file",
        "code": "engine_refused",
    },
    "result": None,
}


def _answer(name: str, value: object, status: str) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status])


SUBMITTED = [_answer("queued", QUEUED, "202")]
ENDED = [_answer("done", DONE, "200"), _answer("failed", FAILED, "200")]
