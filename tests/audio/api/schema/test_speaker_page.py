"""The examples of the native endpoints are answers of the gateway."""

import json

import pytest

from audio.api.schema.speaker_pages import BLOCKS, CHUNK, NAMED
from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


@pytest.fixture(autouse=True)
def _engine(faults: FaultServer) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer("/v1/audio/diarize-chunk", CHUNK)
    faults.answer("/v1/audio/diarize", CHUNK | {"fingerprints": None})


def test_the_chunk_shown_is_an_answer(scripted: Gateway) -> None:
    answer = scripted.post("/api/audio/diarize-chunk", files={"file": TONE})

    assert answer.json() == CHUNK


def test_the_blocks_shown_are_an_answer(scripted: Gateway) -> None:
    answer = scripted.post("/api/audio/transcribe-with-speakers", files={"file": TONE})

    assert answer.json() == BLOCKS


def test_the_named_turns_shown_are_an_answer(scripted: Gateway) -> None:
    asked = {
        "timeline": json.dumps([{"start": 0.1, "end": 1.6, "name": "Ana"}]),
        "known_voiceprints": json.dumps({"Ben": [0.6, 0.8]}),
    }

    answer = scripted.post("/api/audio/label-merge", files={"file": TONE}, data=asked)

    assert answer.json() == NAMED
