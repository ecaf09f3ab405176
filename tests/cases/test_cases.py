"""Every case, over HTTP and a scripted engine."""

from typing import Any

import pytest

from tests.cases.case import INPUTS, ask, differences, read_case, script_engine
from tests.faults import FaultServer
from tests.gateway_process import Gateway

NAMES = sorted(path.stem for path in INPUTS.glob("*.json"))
REQUESTS = [
    pytest.param(case, request, id=f"{name} {request['what']}".strip())
    for name in NAMES
    for case in [read_case(name)]
    for request in case["asks"]
]


@pytest.mark.parametrize(("case", "request_"), REQUESTS)
def test_a_case_is_answered_rightly(
    scripted: Gateway, faults: FaultServer, case: dict[str, Any], request_: dict[str, Any]
) -> None:
    script_engine(faults, case["engine"])

    answer = ask(scripted, request_, case["files"]["file"]["tone_s"])

    assert differences(answer, request_["expect"]) == []
