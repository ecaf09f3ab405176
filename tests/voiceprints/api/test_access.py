"""Access to every endpoint: without a key, without the scope, and for an unknown identifier."""

import pytest

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import UNKNOWN_ID, call, code_of
from voiceprints.models import Person

READS = [
    ("GET", "people"),
    ("GET", f"people/{UNKNOWN_ID}"),
    ("GET", f"people/{UNKNOWN_ID}/voiceprints"),
    ("GET", f"people/{UNKNOWN_ID}/voiceprints/{UNKNOWN_ID}"),
    ("POST", "voiceprints/identify"),
    ("GET", "transcripts"),
    ("GET", f"transcripts/{UNKNOWN_ID}"),
    ("GET", "spaces"),
    ("GET", "vocabulary"),
    ("GET", "vocabulary/archive"),
]
CHANGES = [
    ("POST", "people"),
    ("PATCH", f"people/{UNKNOWN_ID}"),
    ("DELETE", f"people/{UNKNOWN_ID}"),
    ("POST", f"people/{UNKNOWN_ID}/merge"),
    ("POST", f"people/{UNKNOWN_ID}/voiceprints"),
    ("DELETE", f"people/{UNKNOWN_ID}/voiceprints/{UNKNOWN_ID}"),
    ("PATCH", f"transcripts/{UNKNOWN_ID}"),
    ("DELETE", f"transcripts/{UNKNOWN_ID}"),
    ("PATCH", f"transcripts/{UNKNOWN_ID}/speakers/Speaker_0"),
    ("PUT", "vocabulary/archive"),
]
WITH_UNKNOWN_ID = [
    ("GET", "people/{}", None),
    ("PATCH", "people/{}", {}),
    ("DELETE", "people/{}", None),
    ("POST", "people/{}/merge", {"from": UNKNOWN_ID}),
    ("GET", "people/{}/voiceprints", None),
    ("POST", "people/{}/voiceprints", None),
    ("GET", "people/{}/voiceprints/{}", None),
    ("DELETE", "people/{}/voiceprints/{}", None),
    ("GET", "transcripts/{}", None),
    ("PATCH", "transcripts/{}", {}),
    ("DELETE", "transcripts/{}", None),
    ("PATCH", "transcripts/{}/speakers/Speaker_0", {"name": "Ana"}),
]


@pytest.mark.parametrize(("method", "path"), READS + CHANGES)
def test_a_client_without_a_key_is_refused(quiet_gateway: Gateway, method: str, path: str) -> None:
    assert call(quiet_gateway, method, path, who=None).status_code == 401


@pytest.mark.parametrize(("method", "path"), READS + CHANGES)
def test_a_key_for_audio_alone_is_refused(quiet_gateway: Gateway, method: str, path: str) -> None:
    assert code_of(call(quiet_gateway, method, path, who="desk")) == (403, "insufficient_scope")


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a_key_that_only_reads_may_not_change(
    quiet_gateway: Gateway, method: str, path: str
) -> None:
    assert call(quiet_gateway, method, path, who="reader").status_code == 403


@pytest.mark.parametrize(("method", "path"), READS)
def test_a_key_that_only_writes_may_not_read(
    quiet_gateway: Gateway, method: str, path: str
) -> None:
    assert call(quiet_gateway, method, path, who="writer").status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), WITH_UNKNOWN_ID)
@pytest.mark.parametrize("identifier", [UNKNOWN_ID, "1", "%00", "..%2f", "x" * 500])
def test_an_unknown_identifier_is_not_found(
    quiet_gateway: Gateway, method: str, path: str, body: dict[str, str] | None, identifier: str
) -> None:
    answer = call(quiet_gateway, method, path.format(identifier, identifier), json=body)

    assert answer.status_code == 404


def test_the_error_names_what_was_not_found(quiet_gateway: Gateway) -> None:
    answer = call(quiet_gateway, "GET", f"people/{UNKNOWN_ID}")

    assert code_of(answer) == (404, "person_not_found")


def test_an_identifier_in_capitals_is_accepted(library_gateway: Gateway) -> None:
    ana = Person.objects.create(name="Ana")

    assert call(library_gateway, "GET", f"people/{str(ana.id).upper()}").status_code == 200


@pytest.mark.parametrize("path", ["people/", "transcripts/", "spaces/", "vocabulary/"])
def test_every_url_also_works_with_a_trailing_slash(quiet_gateway: Gateway, path: str) -> None:
    assert call(quiet_gateway, "GET", path).status_code == 200


def test_an_unsupported_method_gets_the_error_envelope(quiet_gateway: Gateway) -> None:
    answer = call(quiet_gateway, "PUT", f"people/{UNKNOWN_ID}", json={})

    assert code_of(answer) == (405, "method_not_supported")


def test_shared_caches_may_not_store_data_about_people(quiet_gateway: Gateway) -> None:
    answer = call(quiet_gateway, "GET", "people")

    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_gateway_without_a_library_has_no_people(bare: Gateway) -> None:
    assert bare.get("/api/people").json()["error"]["code"] == "unknown_url"
