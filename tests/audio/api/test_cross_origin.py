"""Cross-origin requests: only pages of a listed origin may use the gateway."""

from collections.abc import Iterator

import httpx
import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway, running_gateway

SPEAK = "/v1/audio/speech"
APP = "https://app.example"
ALLOWED = "access-control-allow-origin"


@pytest.fixture(scope="module")
def shared(
    fault_server: FaultServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway without keys that serves the pages of one origin."""
    folder = tmp_path_factory.mktemp("shared")
    origins = f"{APP}, http://localhost:3000"
    with running_gateway(
        folder, KOKORO_URL=fault_server.url, CORS_ALLOWED_ORIGINS=origins
    ) as gateway:
        yield gateway


def preflight(gateway: Gateway, origin: str) -> httpx.Response:
    """The preflight request of a page that posts JSON with a key."""
    asks = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-stainless-lang",
    }
    return httpx.options(gateway.url + SPEAK, headers=asks)


def test_a_listed_page_may_post(shared: Gateway) -> None:
    answer = preflight(shared, APP)

    assert answer.status_code == 200
    assert answer.headers[ALLOWED] == APP
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "*, authorization"


def test_a_page_that_is_not_listed_may_not_post(shared: Gateway) -> None:
    assert ALLOWED not in preflight(shared, "https://evil.example").headers


def test_no_page_may_post_unless_its_origin_is_listed(bare: Gateway) -> None:
    assert ALLOWED not in preflight(bare, APP).headers


def test_a_listed_page_is_served_as_on_this_machine(shared: Gateway, faults: FaultServer) -> None:
    faults.answer(SPEAK, b"RIFF", content_type="audio/wav")

    headers = {"origin": APP, "sec-fetch-site": "cross-site"}
    answer = shared.post(SPEAK, json={"input": "Hi"}, headers=headers)

    assert answer.status_code == 200
    assert answer.headers[ALLOWED] == APP


def test_a_listed_page_can_read_the_explaining_headers(shared: Gateway) -> None:
    answer = shared.get("/v1/audio/models", headers={"origin": APP})

    assert answer.headers["access-control-expose-headers"].split(", ") == [
        "x-request-id",
        "x-ignored-params",
        "x-warnings",
        "x-transcript-id",
        "retry-after",
        "content-disposition",
    ]


@pytest.mark.parametrize("path", ["/v1/models/nobody", "/nowhere"])
def test_a_listed_page_can_read_errors(shared: Gateway, path: str) -> None:
    answer = shared.get(path, headers={"origin": APP})

    assert answer.status_code == 404
    assert answer.headers[ALLOWED] == APP


def test_another_sites_page_is_refused_even_if_one_is_listed(shared: Gateway) -> None:
    answer = shared.post(SPEAK, json={"input": "Hi"}, headers={"origin": "https://evil.example"})

    assert answer.status_code == 401


def test_a_preflight_request_needs_no_key(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("keyed-shared")
    with running_gateway(folder, API_KEYS="desk:desk-key", CORS_ALLOWED_ORIGINS=APP) as gateway:
        asked = preflight(gateway, APP)
        refused = gateway.post(SPEAK, json={"input": "Hi"}, headers={"origin": APP})

    assert asked.headers[ALLOWED] == APP
    assert refused.status_code == 401
    assert refused.headers[ALLOWED] == APP
