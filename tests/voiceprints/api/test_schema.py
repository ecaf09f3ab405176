"""The library's endpoints answer generated requests as the schema declares."""

import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from tests.gateway_process import Gateway
from tests.generated_requests import ask_repeatedly

# Endpoints that change the library would disturb other tests.
READING = [
    "GET /api/people",
    "GET /api/people/{person}",
    "GET /api/transcripts",
    "GET /api/transcripts/{transcript}",
    "GET /api/transcripts/{transcript}/blocks",
    "GET /api/transcripts/{transcript}/history",
    "GET /api/transcripts/{transcript}/audio",
    "GET /api/transcripts/{transcript}/clip",
    "GET /api/transcripts/{transcript}/waveform",
    "GET /api/spaces",
    "GET /api/vocabulary",
    "GET /api/vocabulary/{key}",
    "GET /api/jobs",
    "GET /api/jobs/{job}",
]


@pytest.fixture
def schema(quiet_gateway: Gateway) -> BaseSchema:
    address = f"{quiet_gateway.url}/api/schema"
    return schemathesis.openapi.from_url(address, config=SchemathesisConfig())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("endpoint", READING)
def test_a_library_is_read_as_declared(
    schema: BaseSchema, endpoint: str, mode: GenerationMode
) -> None:
    ask_repeatedly(schema, endpoint, mode)
