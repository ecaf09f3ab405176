"""Liveness, readiness, metrics, and the API docs."""

import time

import pytest

from tests.faults import FaultServer
from tests.gateway_process import Gateway
from tests.waiting import until


def test_an_unconfigured_gateway_is_alive_and_ready(bare: Gateway) -> None:
    assert bare.get("/healthz").json() == {"status": "alive"}
    assert bare.get("/readyz").json() == {
        "status": "ready",
        "parakeet": "not_configured",
        "kokoro": "not_configured",
        "database": "not_configured",
    }


def test_a_gateway_whose_engines_answer_is_ready(scripted: Gateway, faults: FaultServer) -> None:
    faults.answer("/health", {"status": "healthy"})

    answer = scripted.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["parakeet"] == "ready"


def test_a_gateway_whose_engine_is_down_is_not_ready(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer("/health", {"status": "loading"}, status=503)

    answer = scripted.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["kokoro"] == "down"


def test_health_is_json_of_no_other_server(bare: Gateway) -> None:
    assert bare.get("/health").json() == {"status": "healthy"}


def test_metrics_count_requests_by_route(bare: Gateway) -> None:
    counted = 'spark_request_seconds_count{method="GET",route="/healthz",status="200"}'

    bare.get("/healthz")

    until(lambda: counted in bare.get("/metrics").text)


def test_the_schema_lists_every_endpoint_once(bare: Gateway) -> None:
    schema = bare.get("/api/schema").text

    assert schema.count("\n  /api/audio/label-merge:\n") == 1
    assert "\n  /v1/audio/speech/:\n" not in schema


def test_the_docs_load_only_files_of_the_gateway(bare: Gateway) -> None:
    page = bare.get("/api/docs").text

    assert "https://" not in page
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
def test_the_docs_own_files_are_served(bare: Gateway, name: str) -> None:
    answer = bare.get(f"/static/drf_spectacular_sidecar/swagger-ui-dist/{name}")

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/v1/models/", "/healthz/", "/v1/audio/voices/"])
def test_a_trailing_slash_makes_no_difference(bare: Gateway, path: str) -> None:
    assert bare.get(path).status_code == 200


def test_an_engine_without_a_health_endpoint_counts_as_ready(
    scripted: Gateway, faults: FaultServer
) -> None:
    assert scripted.get("/readyz").json()["parakeet"] == "ready"
    assert faults.paths() == ["/health", "/health"]


def test_readiness_does_not_wait_for_a_hanging_engine(
    scripted: Gateway, faults: FaultServer
) -> None:
    faults.answer("/health", {}, after_s=20.0)
    started = time.monotonic()

    answer = scripted.get("/readyz")

    assert answer.status_code == 503
    assert time.monotonic() - started < 15.0
