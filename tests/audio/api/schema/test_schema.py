"""Every endpoint answers as its OpenAPI schema declares, to valid and invalid requests."""

import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema

from audio.media.speech.speech_encoding import silence
from tests.engine_answers import (
    DIARIZATION,
    SPEAK,
    TRANSCRIBE,
    TRANSCRIPTION,
    TRANSLATE,
    TRANSLATION,
)
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.generated_requests import ask_repeatedly

WITHOUT_INPUT = [
    "GET /v1/models",
    "GET /v1/audio/models",
    "GET /healthz",
    "GET /health",
    "GET /readyz",
    "GET /metrics",
    "GET /api/engines",
]
WITH_INPUT = [
    "GET /v1/models/{model}",
    "GET /v1/audio/voices",
    "POST /v1/audio/speech",
    "POST /v1/audio/transcriptions",
    "POST /v1/audio/translations",
    "GET /v1/realtime",
    "POST /asr",
    "POST /v1/audio/diarization",
    "POST /v1/audio/speech/embedding",
    "POST /v1/audio/speech/timestamps",
    "POST /api/audio/diarize-chunk",
    "POST /api/audio/transcribe-with-speakers",
    "POST /api/audio/label-merge",
    "POST /api/engines/{name}/probe",
]


@pytest.fixture
def served_schema(scripted: Gateway, faults: FaultServer) -> BaseSchema:
    """The schema of a gateway whose engine answers every call."""
    faults.answer(TRANSCRIBE, TRANSCRIPTION)
    faults.answer(TRANSLATE, TRANSLATION)
    faults.answer(SPEAK, silence("wav"), content_type="audio/wav")
    faults.answer("/v1/audio/diarize", DIARIZATION)
    faults.answer("/v1/audio/diarize-chunk", DIARIZATION)
    return schemathesis.openapi.from_url(f"{scripted.url}/api/schema", config=SchemathesisConfig())


def test_the_schema_lists_exactly_these_endpoints(served_schema: BaseSchema) -> None:
    operations = served_schema.get_all_operations()
    served = [operation.ok().label for operation in operations if isinstance(operation, Ok)]

    assert sorted(served) == sorted([*WITHOUT_INPUT, *WITH_INPUT])


@pytest.mark.parametrize("endpoint", [*WITHOUT_INPUT, *WITH_INPUT])
def test_valid_requests_are_answered_as_declared(served_schema: BaseSchema, endpoint: str) -> None:
    ask_repeatedly(served_schema, endpoint, GenerationMode.POSITIVE)


@pytest.mark.parametrize("endpoint", WITH_INPUT)
def test_invalid_requests_are_answered_as_declared(
    served_schema: BaseSchema, endpoint: str
) -> None:
    ask_repeatedly(served_schema, endpoint, GenerationMode.NEGATIVE)


def test_the_files_of_a_form_come_first(bare: Gateway) -> None:
    schema = bare.get("/api/schema", params={"format": "json"}).json()

    fields = list(schema["components"]["schemas"]["LabelMergeRequest"]["properties"])
    assert fields[:3] == ["file", "mic_file", "system_file"]
    assert [tag["name"] for tag in schema["tags"]][:2] == ["OpenAI", "Who said what"]
