"""Who may do what: every endpoint with no key, with another scope, with an unknown identifier."""

import pytest

from tests.gateway_process import Gateway
from tests.voiceprints.api.calls import NOBODY, call, code_of
from voiceprints.models import Person

READS = [
    ("GET", "people"),
    ("GET", f"people/{NOBODY}"),
    ("GET", f"people/{NOBODY}/voiceprints"),
    ("GET", f"people/{NOBODY}/voiceprints/{NOBODY}"),
    ("POST", "voiceprints/identify"),
    ("GET", "transcripts"),
    ("GET", f"transcripts/{NOBODY}"),
    ("GET", "spaces"),
]
CHANGES = [
    ("POST", "people"),
    ("PATCH", f"people/{NOBODY}"),
    ("DELETE", f"people/{NOBODY}"),
    ("POST", f"people/{NOBODY}/merge"),
    ("POST", f"people/{NOBODY}/voiceprints"),
    ("DELETE", f"people/{NOBODY}/voiceprints/{NOBODY}"),
    ("PATCH", f"transcripts/{NOBODY}"),
    ("DELETE", f"transcripts/{NOBODY}"),
    ("PATCH", f"transcripts/{NOBODY}/speakers/Speaker_0"),
]
OF_NOBODY = [
    ("GET", "people/{}", None),
    ("PATCH", "people/{}", {}),
    ("DELETE", "people/{}", None),
    ("POST", "people/{}/merge", {"from": NOBODY}),
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
def test_without_a_key_nobody_is_served(quiet_gateway: Gateway, method: str, path: str) -> None:
    assert call(quiet_gateway, method, path, who=None).status_code == 401


@pytest.mark.parametrize(("method", "path"), READS + CHANGES)
def test_a_key_for_audio_alone_is_refused(quiet_gateway: Gateway, method: str, path: str) -> None:
    assert code_of(call(quiet_gateway, method, path, who="desk")) == (403, "insufficient_scope")


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_who_may_read_may_not_change(quiet_gateway: Gateway, method: str, path: str) -> None:
    assert call(quiet_gateway, method, path, who="reader").status_code == 403


@pytest.mark.parametrize(("method", "path"), READS)
def test_who_may_change_may_not_read(quiet_gateway: Gateway, method: str, path: str) -> None:
    assert call(quiet_gateway, method, path, who="writer").status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), OF_NOBODY)
@pytest.mark.parametrize("identifier", [NOBODY, "1", "%00", "..%2f", "x" * 500])
def test_what_is_not_there_is_not_found(
    quiet_gateway: Gateway, method: str, path: str, body: dict[str, str] | None, identifier: str
) -> None:
    answer = call(quiet_gateway, method, path.format(identifier, identifier), json=body)

    assert answer.status_code == 404


def test_what_is_not_there_is_named(quiet_gateway: Gateway) -> None:
    answer = call(quiet_gateway, "GET", f"people/{NOBODY}")

    assert code_of(answer) == (404, "person_not_found")


def test_an_identifier_in_capitals_is_the_same(library_gateway: Gateway) -> None:
    ana = Person.objects.create(name="Ana")

    assert call(library_gateway, "GET", f"people/{str(ana.id).upper()}").status_code == 200


@pytest.mark.parametrize("path", ["people/", "transcripts/", "spaces/"])
def test_every_address_stands_with_its_slash_too(quiet_gateway: Gateway, path: str) -> None:
    assert call(quiet_gateway, "GET", path).status_code == 200


def test_another_method_gets_the_envelope(quiet_gateway: Gateway) -> None:
    answer = call(quiet_gateway, "PUT", f"people/{NOBODY}", json={})

    assert code_of(answer) == (405, "method_not_supported")


def test_nothing_about_people_is_kept_in_caches(quiet_gateway: Gateway) -> None:
    answer = call(quiet_gateway, "GET", "people")

    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_gateway_without_a_library_has_no_people(bare: Gateway) -> None:
    assert bare.get("/api/people").json()["error"]["code"] == "unknown_url"
