"""Requests that generation comes up with, by the schema of the gateway."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

DECLARED = [not_a_server_error, status_code_conformance, content_type_conformance]
ENVELOPE = {"message", "type", "param", "code"}
Case = schemathesis.Case[Any]


def ask_repeatedly(schema: BaseSchema, endpoint: str, mode: GenerationMode) -> None:
    """Ask what generation comes up with: no failure, no page, nothing undeclared."""
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
    def ask(case: Case) -> None:
        answer = case.call_and_validate(checks=DECLARED)
        assert "html" not in answer.headers["content-type"][0]
        assert answer.status_code < 400 or answer.json()["error"].keys() == ENVELOPE

    ask()
