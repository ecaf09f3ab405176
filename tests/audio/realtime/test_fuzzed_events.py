"""Events of any shape: a session answers, and never fails."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from audio.realtime.session import Session
from audio.realtime.session_settings import SessionSettings

SCALARS = (
    some.none()
    | some.booleans()
    | some.integers(-(2**63), 2**64 - 1)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=20)
)
FIELDS = some.sampled_from(
    [
        *("type", "audio", "input", "format", "rate", "transcription", "model", "language"),
        *("languages", "prompt", "keywords", "turn_detection", "threshold", "eagerness"),
        *("prefix_padding_ms", "silence_duration_ms", "include", "noise_reduction", "spelling"),
        *("input_audio_format", "input_audio_transcription"),
    ]
)
VALUES = some.sampled_from(
    [
        *("transcription", "server_vad", "semantic_vad", "audio/pcm", "audio/pcmu", "g711_alaw"),
        *("whisper-1", "gpt-live-transcribe", "auto", "eng", "xyz"),
    ]
)
ANYTHING = some.recursive(
    SCALARS | VALUES,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=12,
)
TYPES = some.sampled_from(
    [
        *("session.update", "transcription_session.update", "input_audio_buffer.append"),
        *("input_audio_buffer.commit", "input_audio_buffer.clear", "response.create"),
    ]
)
UPDATES = some.dictionaries(FIELDS, ANYTHING, max_size=4).map(
    lambda inputs: {"type": "transcription", "audio": {"input": inputs}}
)
EVENTS = some.fixed_dictionaries(
    {"type": TYPES}, optional={"session": ANYTHING | UPDATES, "audio": ANYTHING}
)


@settings(max_examples=150, deadline=None)
@given(some.lists(EVENTS, min_size=1, max_size=4))
def test_every_event_is_answered_in_json(sent: list[dict[str, Any]]) -> None:
    session = Session(SessionSettings(), is_beta=False, expires_at=0)

    for event in sent:
        reply = session.receive(json.dumps(event))
        assert all(one["event_id"] for one in json.loads(json.dumps(reply.events)))


@settings(max_examples=100, deadline=None)
@given(some.binary(max_size=200) | some.text(max_size=200))
def test_every_message_is_answered_in_json(message: bytes | str) -> None:
    session = Session(SessionSettings(), is_beta=True, expires_at=0)

    [error] = session.receive(message).events

    assert error["type"] == "error"
