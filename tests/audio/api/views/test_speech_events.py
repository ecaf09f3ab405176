"""Speech as server-sent events, over a scripted engine."""

import json
from base64 import b64decode

from tests.faults import FaultServer
from tests.gateway_process import Gateway

SPEAK = "/v1/audio/speech"


def events_of(gateway: Gateway, text: str = "Good morning.") -> list[dict[str, object]]:
    """Every event of a speech, as a strict reader splits them."""
    answer = gateway.post(SPEAK, json={"input": text, "stream_format": "sse"})
    assert answer.headers["content-type"] == "text/event-stream"
    *blocks, rest = answer.text.split("\n\n")
    assert rest == ""
    return [json.loads(block.removeprefix("data: ")) for block in blocks]


def audio_of(events: list[dict[str, object]]) -> bytes:
    return b"".join(b64decode(str(event["audio"])) for event in events if "audio" in event)


def test_the_deltas_are_the_audio_and_one_done_follows(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF", b"more"), pause_s=0.05, content_type="audio/wav")

    events = events_of(scripted)

    assert {event["type"] for event in events[:-1]} == {"speech.audio.delta"}
    assert events[-1]["type"] == "speech.audio.done"
    assert audio_of(events) == b"RIFFmore"


def test_no_delta_is_longer_than_a_line_may_be(scripted: Gateway, faults: FaultServer) -> None:
    samples = bytes(range(256)) * 1000
    faults.answer(SPEAK, samples, content_type="audio/pcm")

    events = events_of(scripted)

    assert audio_of(events) == samples
    assert max(len(json.dumps(event)) for event in events) < 2**16


def test_the_usage_is_an_estimate_of_three_numbers(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, b"x" * 2001, content_type="audio/wav")

    done = events_of(scripted, "Good morning.")[-1]

    assert done["usage"] == {"input_tokens": 4, "output_tokens": 3, "total_tokens": 7}


def test_an_engine_that_breaks_off_is_reported_in_an_event(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF",), pause_s=0.1, cut=True, content_type="audio/wav")

    events = events_of(scripted)

    assert audio_of(events) == b"RIFF"
    assert events[-1]["error"] == {
        "message": "The kokoro engine cannot be reached.",
        "type": "server_error",
        "param": None,
        "code": "engine_unreachable",
    }


def test_a_failure_before_the_first_byte_is_an_error(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, b"", content_type="audio/wav")

    answer = scripted.post(SPEAK, json={"input": "Hi", "stream_format": "sse"})

    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "engine_bad_answer"


def test_silence_comes_in_events_too(bare: Gateway) -> None:
    events = events_of(bare, "...")

    assert audio_of(events).startswith(b"RIFF")
    assert events[-1]["type"] == "speech.audio.done"
