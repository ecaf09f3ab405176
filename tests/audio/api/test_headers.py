"""The security headers of every answer."""

import pytest

from tests.gateway_process import Gateway, running_gateway

WANTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PATHS = [
    "/healthz",
    "/nowhere",
    "/v1/models",
    "/v1/audio/speech",
    "/api/schema",
    "/api/docs",
    "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(bare: Gateway, path: str) -> None:
    told = bare.get(path).headers

    assert {name: told[name] for name in WANTED} == WANTED
    assert "frame-ancestors 'none'" in told["content-security-policy"]


def test_the_answer_to_a_foreign_host_has_the_headers(bare: Gateway) -> None:
    told = bare.get("/healthz", headers={"host": "evil.example"}).headers

    assert {name: told[name] for name in WANTED} == WANTED


def test_a_data_answer_may_load_nothing(bare: Gateway) -> None:
    assert bare.get("/healthz").headers["content-security-policy"].startswith("default-src 'none'")


def test_the_docs_page_contains_no_script(bare: Gateway) -> None:
    page = bare.get("/api/docs")

    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text


def test_tls_is_required_only_behind_a_tls_proxy(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_gateway(tmp_path_factory.mktemp("tls"), HSTS_S="3600") as gateway:
        plain = gateway.get("/healthz")
        behind_tls = gateway.get("/healthz", headers={"x-forwarded-proto": "https"})

    assert "strict-transport-security" not in plain.headers
    assert behind_tls.headers["strict-transport-security"] == "max-age=3600"


def test_without_the_setting_forwarded_headers_are_ignored(bare: Gateway) -> None:
    told = bare.get("/healthz", headers={"x-forwarded-proto": "https"}).headers

    assert "strict-transport-security" not in told
