"""One version of the official Python client, as a program that transcribes over its socket.

Its argument is the address; on standard input it reads 24 kHz samples. For each API it prints the
types of the events, the classes that they became, and the transcript.
"""

import base64
import json
import sys
from collections.abc import Callable
from typing import Any

import openai

MODEL = "gpt-4o-transcribe"
LAST = "conversation.item.input_audio_transcription.completed"
PIECE = 4800
QUERY = {"intent": "transcription"}


def main() -> None:
    client = openai.OpenAI(api_key="none", websocket_base_url=sys.argv[1])
    samples = sys.stdin.buffer.read()
    report = {
        "ga": _transcribe(client.realtime.connect, _configure, samples),
        "beta": _transcribe(client.beta.realtime.connect, _configure_beta, samples),
    }
    print(json.dumps(report))


def _transcribe(
    connect: Callable[..., Any], configure: Callable[[Any], None], samples: bytes
) -> dict[str, Any]:
    with connect(model=MODEL, extra_query=QUERY) as connection:
        configure(connection)
        for start in range(0, len(samples), PIECE):
            encoded = base64.b64encode(samples[start : start + PIECE]).decode()
            connection.input_audio_buffer.append(audio=encoded)
        events = _events(connection)
    return {"events": events, "transcript": events[-1][2]}


def _configure(connection: Any) -> None:
    turns = {"type": "server_vad", "silence_duration_ms": 300}
    inputs = {
        "format": {"type": "audio/pcm", "rate": 24_000},
        "transcription": {"model": MODEL, "language": "en"},
        "turn_detection": turns,
    }
    connection.session.update(session={"type": "transcription", "audio": {"input": inputs}})


def _configure_beta(connection: Any) -> None:
    session = {
        "input_audio_format": "pcm16",
        "input_audio_transcription": {"model": MODEL, "language": "en"},
        "turn_detection": {"type": "server_vad", "silence_duration_ms": 300},
    }
    connection.transcription_session.update(session=session)


def _events(connection: Any) -> list[tuple[str, str, str]]:
    """Return the events up to the first transcript: type, class, and what was said."""
    events = []
    for event in connection:
        said = getattr(event, "transcript", None) or getattr(event, "error", None) or ""
        events.append((event.type, type(event).__name__, str(said)))
        if event.type in (LAST, "error"):
            break
    return events


if __name__ == "__main__":
    main()
