"""Transcriptions with speakers, as read by client versions that support them."""

from collections.abc import Callable

import pytest

from tests.engine_answers import DIARIZATION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import Sdk


@pytest.fixture(params=["python-2.54", "python-3.54", "node-6.49", "node-7.57"])
def knowing(start_sdk: Callable[[str], Sdk], request: pytest.FixtureRequest) -> Sdk:
    return start_sdk(request.param)


@pytest.fixture
def conversing(hearing: Gateway, faults: FaultServer) -> Gateway:
    """A gateway whose engine diarizes two speakers."""
    faults.answer("/v1/audio/diarize", DIARIZATION)
    faults.answer("/v1/audio/diarize-chunk", DIARIZATION)
    return hearing


def test_diarized_segments_have_ids_of_text_and_a_letter_for_each_speaker(
    knowing: Sdk, conversing: Gateway
) -> None:
    said = knowing.transcribe(conversing, TONE, response_format="diarized_json")

    assert [segment["speaker"] for segment in said["segments"]] == ["A", "B"]
    assert {segment["type"] for segment in said["segments"]} == {"transcript.text.segment"}
    assert {type(segment["id"]) for segment in said["segments"]} == {str}


def test_a_diarized_stream_has_each_segment_and_ends(knowing: Sdk, conversing: Gateway) -> None:
    events = knowing.transcribe(
        conversing, TONE, response_format="diarized_json", stream=True, chunking_strategy="auto"
    )

    types = [event["type"] for event in events]
    assert types.count("transcript.text.segment") == 2
    assert types.count("transcript.text.done") == 1
    assert types[-1] == "transcript.text.done"
