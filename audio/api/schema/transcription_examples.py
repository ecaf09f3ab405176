"""The examples of the schema. A test has the gateway answer each of them."""

from drf_spectacular.utils import OpenApiExample

TEXT = "Turn on the light. Then close the blinds."
USAGE = {"type": "duration", "seconds": 4}


def _segment(number: int, start: float, end: float, text: str) -> dict[str, object]:
    neutral = {
        "seek": 0,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }
    return {"id": number, "start": start, "end": end, "text": text} | neutral


def _spoken(number: int, start: float, end: float, text: str, speaker: str) -> dict[str, object]:
    times = {"start": start, "end": end, "text": text, "speaker": speaker}
    return {"type": "transcript.text.segment", "id": f"seg_{number:03}"} | times


def _answer(name: str, value: object, media_type: str = "application/json") -> OpenApiExample:
    return OpenApiExample(
        name, value=value, media_type=media_type, response_only=True, status_codes=["200"]
    )


REQUESTS = [
    OpenApiExample(
        "a recording in JSON",
        value={
            "model": "whisper-1",
            "language": "en",
            "input_audio": {"data": "UklGRiQAAABXQVZF…", "format": "wav"},
        },
        media_type="application/json",
        request_only=True,
    ),
]
TRANSCRIPTIONS = [
    _answer("json", {"text": TEXT, "usage": USAGE}),
    _answer(
        "verbose_json",
        {
            "task": "transcribe",
            "language": "english",
            "duration": 4.0,
            "text": TEXT,
            "usage": USAGE,
            "segments": [
                _segment(0, 0.0, 1.5, "Turn on the light."),
                _segment(1, 2.0, 4.0, "Then close the blinds."),
            ],
        },
    ),
    _answer(
        "diarized_json",
        {
            "task": "transcribe",
            "duration": 4.0,
            "text": "A: Turn on the light.\nB: Then close the blinds.",
            "segments": [
                _spoken(1, 0.0, 1.5, "Turn on the light.", "A"),
                _spoken(2, 2.0, 4.0, "Then close the blinds.", "B"),
            ],
            "usage": USAGE,
        },
    ),
    _answer("text", f"{TEXT}\n", "text/plain"),
    _answer(
        "srt",
        "1\n00:00:00,000 --> 00:00:01,500\nTurn on the light.\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\nThen close the blinds.\n\n",
        "text/plain",
    ),
    _answer(
        "vtt",
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nTurn on the light.\n\n"
        "00:00:02.000 --> 00:00:04.000\nThen close the blinds.\n\n",
        "text/vtt",
    ),
    _answer(
        "rttm",
        "SPEAKER recording 1 0.000 1.500 <NA> <NA> A <NA> <NA>\n"
        "SPEAKER recording 1 2.000 2.000 <NA> <NA> B <NA> <NA>\n",
        "text/plain",
    ),
    _answer(
        "stream",
        'data: {"type":"transcript.text.delta","delta":"Turn on the light."}\n\n'
        'data: {"type":"transcript.text.delta","delta":" Then close the blinds."}\n\n'
        f'data: {{"type":"transcript.text.done","text":"{TEXT}"}}\n\n'
        "data: [DONE]\n\n",
        "text/event-stream",
    ),
]
