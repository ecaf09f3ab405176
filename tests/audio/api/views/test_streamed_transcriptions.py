"""Transcriptions as events, over a scripted engine."""

import json

import httpx
import pytest

from tests.audio.api.views.test_diarized_transcriptions import DIARIZE, HEARD
from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE

Event = dict[str, object]


def streamed(gateway: Gateway, **fields: str) -> httpx.Response:
    return gateway.post(TRANSCRIBE, files={"file": TONE}, data={"stream": "true"} | fields)


def events(answer: httpx.Response) -> list[Event]:
    """Every event but the last, which is not JSON."""
    *sent, last = answer.text.removesuffix("\n\n").split("\n\n")
    assert last == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in sent]


def test_the_deltas_are_the_text_to_the_letter(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    *deltas, done = events(streamed(scripted))

    assert [delta["type"] for delta in deltas] == ["transcript.text.delta"] * 2
    assert "".join(str(delta["delta"]) for delta in deltas) == TRANSCRIPTION["text"]
    assert done == {"type": "transcript.text.done", "text": TRANSCRIPTION["text"]}


@pytest.mark.parametrize("response_format", ["json", "text", "verbose_json"])
def test_a_stream_is_events_whatever_the_format(
    scripted: Gateway, faults: FaultServer, response_format: str
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    answer = streamed(scripted, response_format=response_format, model="whisper-1")

    assert answer.headers["content-type"] == "text/event-stream"
    assert events(answer)[-1]["type"] == "transcript.text.done"


def test_silence_is_an_empty_delta(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, {"text": "", "words": []})

    assert [event.get("delta", event.get("text")) for event in events(streamed(scripted))] == [
        "",
        "",
    ]


def test_with_speakers_each_segment_follows_its_text(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer(DIARIZE, HEARD)

    sent = events(streamed(scripted, response_format="diarized_json"))

    assert [event["type"] for event in sent] == [
        "transcript.text.delta",
        "transcript.text.segment",
        "transcript.text.delta",
        "transcript.text.segment",
        "transcript.text.done",
    ]
    assert sent[0]["segment_id"] == sent[1]["id"] == "seg_001"
    assert sent[4]["text"] == f"{sent[0]['delta']}{sent[2]['delta']}" == TRANSCRIPTION["text"]


def test_a_failure_before_the_first_event_has_its_status(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"error": {"message": "It holds no audio."}}, status=400)

    answer = streamed(scripted)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "file: It holds no audio."


def test_fields_without_effect_are_listed_for_a_stream(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    assert streamed(scripted, vad_filter="true").headers["x-ignored-params"] == "vad_filter"
