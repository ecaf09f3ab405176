"""Streamed transcriptions: the events that each version of the official client reads."""

from typing import Any

import httpx
import pytest
from httpx_sse import EventSource

from tests.engine_answers import TEXT, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import Raised, Sdk


def deltas_of(events: list[dict[str, Any]]) -> list[str]:
    return [event["delta"] for event in events if event["type"] == "transcript.text.delta"]


def done_in(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["type"] == "transcript.text.done"]


# OpenAI does not stream whisper-1; this gateway does.
@pytest.mark.parametrize("model", ["whisper-1", "gpt-4o-mini-transcribe"])
def test_the_deltas_of_a_stream_join_to_the_text_of_its_one_end(
    sdk: Sdk, hearing: Gateway, model: str
) -> None:
    events = sdk.transcribe(hearing, TONE, model=model, stream=True)

    assert "".join(deltas_of(events)) == TEXT
    assert done_in(events) == [TEXT]


def test_a_stream_is_events_with_data_that_end_in_a_blank_line(hearing: Gateway) -> None:
    answer = hearing.post(TRANSCRIBE, files={"file": TONE}, data={"stream": "true"})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("\n\n")
    blocks = [block for block in answer.text.split("\n\n") if block and block[0] != ":"]
    assert [block for block in blocks if "data: " not in block] == []


def test_a_common_reader_of_server_sent_events_reads_a_stream(hearing: Gateway) -> None:
    asked = {"stream": "true", "model": "whisper-1"}

    with httpx.stream(
        "POST", hearing.url + TRANSCRIBE, files={"file": TONE}, data=asked
    ) as answer:
        events = [event for event in EventSource(answer).iter_sse() if event.data != "[DONE]"]

    assert [event.json()["type"] for event in events][-1] == "transcript.text.done"


def test_a_failure_during_a_stream_is_an_error_with_the_message(
    sdk: Sdk, hearing: Gateway, faults: FaultServer
) -> None:
    faults.answer(TRANSCRIBE, {"detail": "CUDA error"}, status=500)

    with pytest.raises(Raised, match="error in the parakeet engine") as failure:
        sdk.transcribe(hearing, TONE, stream=True)

    assert "APIError" in failure.value.kinds


def test_a_stream_is_refused_before_it_starts(sdk: Sdk, hearing: Gateway) -> None:
    with pytest.raises(Raised, match="temperature") as failure:
        sdk.transcribe(hearing, TONE, stream=True, temperature=7)

    assert failure.value.status == 400
    assert failure.value.param == "temperature"
