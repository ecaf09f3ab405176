"""API keys, their scopes, and the clients that are served without a key."""

import pytest

from audio.api.authentication import Client, parse_key
from tests.gateway_process import Gateway, running_gateway

CLOSED = "/metrics"


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_a_request_without_a_key_is_refused_with_a_challenge(keyed: Gateway) -> None:
    answer = keyed.get(CLOSED)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"]["code"] is None


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer", "Bearer undefined", "undefined", "Basic desk-key"]
)
def test_a_wrong_key_is_refused(keyed: Gateway, header: str) -> None:
    answer = keyed.get(CLOSED, headers={"authorization": header})

    assert answer.status_code == 401
    assert "wrong" not in answer.text


@pytest.mark.parametrize("header", ["Bearer desk-key", "bearer  desk-key"])
def test_a_right_key_is_served(keyed: Gateway, header: str) -> None:
    assert keyed.get(CLOSED, headers={"authorization": header}).status_code == 200


def test_a_key_without_the_scope_is_forbidden(keyed: Gateway) -> None:
    answer = keyed.get(CLOSED, headers=bearer("reader-key"))

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "insufficient_scope"
    assert "'audio'" in answer.json()["error"]["message"]


def test_a_key_for_metrics_reads_only_the_metrics(keyed: Gateway) -> None:
    key = bearer("prometheus-key")

    assert keyed.get("/metrics", headers=key).status_code == 200
    assert keyed.get("/api/engines", headers=key).status_code == 403
    assert keyed.post("/v1/audio/speech", json={"input": "Hi"}, headers=key).status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/health", "/api/schema", "/api/docs"])
def test_liveness_and_docs_need_no_key(keyed: Gateway, path: str) -> None:
    assert keyed.get(path).status_code == 200


def test_without_keys_this_machine_is_served(bare: Gateway) -> None:
    assert bare.get(CLOSED).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        *("forwarded", "x-forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
        *("x-forwarded-anything", "x-original-forwarded-for", "x-real-ip", "via", "client-ip"),
        *("true-client-ip", "x-client-ip", "x-cluster-client-ip", "fastly-client-ip"),
        *("cf-connecting-ip", "cf-ray"),
    ],
)
def test_without_keys_a_forwarded_request_is_refused(bare: Gateway, header: str) -> None:
    assert bare.get(CLOSED, headers={header: "127.0.0.1"}).status_code == 401


def test_without_keys_another_sites_page_is_refused(bare: Gateway) -> None:
    assert bare.get(CLOSED, headers={"origin": "https://evil.example"}).status_code == 401


def test_without_keys_another_sites_request_without_an_origin_is_refused(bare: Gateway) -> None:
    assert bare.get(CLOSED, headers={"sec-fetch-site": "cross-site"}).status_code == 401


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_without_keys_a_browser_on_this_machine_is_served(bare: Gateway, site: str) -> None:
    assert bare.get(CLOSED, headers={"sec-fetch-site": site}).status_code == 200


@pytest.mark.parametrize("header", ["x-straightforwarded", "x-device", "cfg", "viable"])
def test_without_keys_other_headers_make_no_difference(bare: Gateway, header: str) -> None:
    assert bare.get(CLOSED, headers={header: "1"}).status_code == 200


def test_the_log_says_who_is_served_without_keys(bare: Gateway, keyed: Gateway) -> None:
    assert "API_KEYS is not set" in bare.log.read_text()
    assert "API_KEYS is not set" not in keyed.log.read_text()


def test_without_keys_a_key_that_a_client_sends_is_ignored(bare: Gateway) -> None:
    assert bare.get(CLOSED, headers=bearer("sk-no-key-required")).status_code == 200


def test_anonymous_clients_are_served_when_allowed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("anonymous")
    with running_gateway(
        folder, ALLOW_ANONYMOUS="true", API_KEYS="desk:desk-key:audio"
    ) as gateway:
        assert gateway.get(CLOSED).status_code == 200
        assert gateway.get(CLOSED, headers=bearer("wrong")).status_code == 401


def test_a_key_may_be_given_as_its_digest() -> None:
    digest = "ee2ab8dbd4c4a1ad4ad5e1d6e4b9cd34a8a5f3d7f4e6f2cb52c7d8c6d8f1e0aa"

    assert parse_key(f"desk:sha256${digest}:audio") == (
        digest,
        Client("desk", frozenset({"audio"})),
    )


def test_a_key_without_scopes_has_audio() -> None:
    assert parse_key("desk:secret")[1].scopes == {"audio"}


@pytest.mark.parametrize(
    "entry",
    ["desk", "desk:", ":secret:audio", "desk:secret:sing", "desk:sha256$12:audio", "desk:null"],
)
def test_a_malformed_entry_is_refused_without_showing_its_key(entry: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_key(entry)

    assert "secret" not in str(refused.value)
