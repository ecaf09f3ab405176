"""What a scripted engine says, for tests that are about the gateway's client."""

TRANSCRIBE = "/v1/audio/transcriptions"
DIARIZE = "/v1/audio/diarize-chunk"
SPEAK = "/v1/audio/speech"
TEXT = "Turn on the light. Then close the blinds."
SAID = {
    "text": TEXT,
    "duration": 4.0,
    "language": "en",
    "words": [
        {"start": 0.0, "end": 0.5, "text": "Turn"},
        {"start": 0.5, "end": 0.75, "text": "on"},
        {"start": 0.75, "end": 1.0, "text": "the"},
        {"start": 1.0, "end": 1.5, "text": "light."},
        {"start": 2.0, "end": 2.5, "text": "Then"},
        {"start": 2.5, "end": 3.0, "text": "close"},
        {"start": 3.0, "end": 3.25, "text": "the"},
        {"start": 3.25, "end": 4.0, "text": "blinds."},
    ],
}
SPOKEN = b"ID3 spoken"
_TWO = [
    {"start_s": 0.0, "end_s": 1.8, "speaker": "Speaker_0"},
    {"start_s": 1.9, "end_s": 4.0, "speaker": "Speaker_1"},
]
TURNS = {
    "duration": 4.0,
    "segments": _TWO,
    "speakers_detected": ["Speaker_0", "Speaker_1"],
    "fingerprints": {"Speaker_0": [1.0, 0.0], "Speaker_1": [0.0, 1.0]},
    "models": {"diarization": "sortformer", "embedding": "titanet"},
}
