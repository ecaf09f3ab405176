"""Calls to the library over HTTP, for the tests of its endpoints."""

import httpx

from tests.gateway_process import Gateway
from tests.voiceprints.conftest import key

UNKNOWN_ID = "5b0f6a3e-6c1d-4f7e-9a53-2f0c8d1e7b94"
CONSENT = {"how": "in writing", "given_at": "2026-01-01T00:00:00Z"}


def call(
    gateway: Gateway,
    method: str,
    path: str,
    *,
    who: str | None = "archive",
    headers: dict[str, str] | None = None,
    **options: object,
) -> httpx.Response:
    """Send a request with one of the keys, or without a key."""
    sent = {**(key(who) if who else {}), **(headers or {})}
    return gateway.ask(method, f"/api/{path}", 60, headers=sent, **options)


def code_of(answer: httpx.Response) -> tuple[int, str | None]:
    """Return the status and the code of an error."""
    return answer.status_code, answer.json()["error"]["code"]


def param_of(answer: httpx.Response) -> tuple[int, str | None]:
    """Return the status and the field of an error."""
    return answer.status_code, answer.json()["error"]["param"]


def add_person(gateway: Gateway, name: str, **fields: object) -> str:
    """Add a person with consent, and return the identifier."""
    person = {"name": name, "consent": CONSENT, **fields}
    answer = call(gateway, "POST", "people", json=person)
    assert answer.status_code == 201, answer.text
    identifier: str = answer.json()["id"]
    return identifier


def names(answer: httpx.Response) -> list[str]:
    """Return the names of the people on a page."""
    return [person["name"] for person in answer.json()["data"]]
