"""The examples of transcriptions are answers of the gateway."""

import pytest
from drf_spectacular.utils import OpenApiExample

from audio.api.schema.transcription_pages import TRANSCRIPTIONS
from tests.audio.api.views.test_diarized_transcriptions import DIARIZE, HEARD
from tests.engine_answers import TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE


@pytest.mark.parametrize(
    ("query", "content_type"),
    [("", "application/vnd.oai.openapi"), ("?format=json", "application/vnd.oai.openapi+json")],
)
def test_the_schema_is_served_as_yaml_and_as_json(
    bare: Gateway, query: str, content_type: str
) -> None:
    answer = bare.get(f"/api/schema{query}")

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == content_type


@pytest.mark.parametrize("example", TRANSCRIPTIONS, ids=lambda example: example.name)
def test_an_example_is_an_answer(
    scripted: Gateway, faults: FaultServer, example: OpenApiExample
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer(DIARIZE, HEARD)
    asked = {"stream": "true"} if example.name == "stream" else {"response_format": example.name}

    answer = scripted.post(TRANSCRIBE, files={"file": TONE}, data=asked)

    assert answer.headers["content-type"].partition(";")[0] == example.media_type
    assert example.value == (
        answer.json() if example.media_type == "application/json" else answer.text
    )
