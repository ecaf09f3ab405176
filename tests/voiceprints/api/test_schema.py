"""The library's endpoints answer what the schema says, whatever they are asked."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.gateway_process import Gateway

DECLARED = [not_a_server_error, status_code_conformance, content_type_conformance]
# Not those that change what other tests of the same library look at.
READING = [
    "GET /api/people",
    "GET /api/people/{person}",
    "GET /api/transcripts",
    "GET /api/transcripts/{transcript}",
    "GET /api/spaces",
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
    operation = schema.find_operation_by_label(endpoint)
    assert operation is not None

    @settings(
        max_examples=10,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def ask(case: Case[Any]) -> None:
        answer = case.call_and_validate(checks=DECLARED)
        assert "html" not in answer.headers["content-type"][0]

    ask()
