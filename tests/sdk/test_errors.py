"""Failures, as each version of the official client raises them."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import httpx
import pytest

from tests.engine_answers import SPEAK, TRANSCRIBE
from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.recordings import TONE
from tests.sdk.client_process import NODE, PYTHON, File, Raised, Sdk, Seen

KEYS = {"message", "type", "param", "code"}
ASKED = {"model": "tts-1", "voice": "alloy", "input": "Hi"}


def test_a_wrong_key_is_an_authentication_error(sdk: Sdk, keyed: Gateway) -> None:
    with pytest.raises(Raised, match="Incorrect API key") as failure:
        sdk.ask("list_models", keyed, api_key="wrong")

    assert "AuthenticationError" in failure.value.kinds
    assert failure.value.code == "invalid_api_key"
    assert failure.value.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", [{}, {"authorization": "Bearer"}, {"authorization": "undefined"}]
)
def test_no_key_is_an_authentication_error(keyed: Gateway, header: dict[str, str]) -> None:
    answer = keyed.post(SPEAK, json=ASKED, headers=header)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"].keys() == KEYS


def test_a_right_key_is_served(sdk: Sdk, keyed: Gateway) -> None:
    assert sdk.ask("list_models", keyed, api_key="desk-key").value["data"]


def test_an_error_has_the_gateways_message_and_the_request_id(sdk: Sdk, scripted: Gateway) -> None:
    with pytest.raises(Raised, match="expected one of json, text") as failure:
        sdk.transcribe(scripted, TONE, response_format="yaml")

    assert failure.value.request_id
    assert failure.value.request_id == failure.value.headers["x-request-id"]


def test_an_answer_has_a_request_id(sdk: Sdk, hearing: Gateway) -> None:
    said = sdk.ask("transcribe", hearing, File(TONE), {"model": "whisper-1"})

    assert said.request_id


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/v1/models/nobody", b"", 404),
        ("DELETE", SPEAK, b"", 405),
        ("GET", "/v1/nowhere", b"", 404),
        ("GET", TRANSCRIBE, b"", 405),
        ("POST", "/v1/models", b"", 405),
        ("POST", SPEAK, b"{", 400),
        ("POST", TRANSCRIBE, b"{", 400),
        ("POST", "/v1/realtime", b"", 405),
    ],
)
def test_every_failure_has_the_envelope_and_an_id(
    scripted: Gateway, method: str, path: str, content: bytes, status: int
) -> None:
    headers = {"content-type": "application/json"}

    answer = httpx.request(method, scripted.url + path, content=content, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"].keys() == KEYS
    assert answer.headers["x-request-id"]


def test_a_request_that_django_itself_refuses_has_the_envelope(scripted: Gateway) -> None:
    answer = scripted.get("/v1/models", headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert answer.json()["error"].keys() == KEYS
    assert answer.headers["x-request-id"]


def test_every_client_tries_a_busy_engine_three_times(
    start_sdk: Callable[[str], Sdk], scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer(SPEAK, pieces=(b"RIFF",) * 120, pause_s=0.25, content_type="audio/wav")
    sdks = [start_sdk(name) for name in (*PYTHON, *NODE)]

    with ExitStack() as streams:
        [streams.enter_context(_speaking(scripted)) for _connection in range(4)]
        calls = [sdk.begin("speak", scripted, fields=ASKED, max_retries=2) for sdk in sdks]
        failures = [_failure(call) for call in calls]

    assert {failure.status for failure in failures} == {503}
    assert {failure.retries for failure in failures} == {"2"}
    assert max(int(failure.headers["retry-after"]) for failure in failures) <= 5


def _speaking(gateway: Gateway) -> AbstractContextManager[httpx.Response]:
    return httpx.stream("POST", gateway.url + SPEAK, json=ASKED)


def _failure(finish: Callable[[], Seen]) -> Raised:
    with pytest.raises(Raised, match="busy") as failure:
        finish()
    return failure.value
