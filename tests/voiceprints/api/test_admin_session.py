"""The admin's session as a key of the endpoints of transcripts."""

from collections.abc import Iterator

import httpx
import pytest
from django.contrib.auth.models import Permission, User

from tests.gateway_process import NO_AUTHORITY, Gateway
from tests.voiceprints.corrections.meetings import store_meeting

PASSWORD = "correct horse battery staple"
LOGIN = "/admin/login/"


@pytest.fixture
def browser(library_gateway: Gateway) -> Iterator[httpx.Client]:
    """A browser in which a user who may read and change transcripts is logged in."""
    user = User.objects.create_user("vera", password=PASSWORD, is_staff=True)
    codenames = ["view_transcript", "change_transcript"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    with httpx.Client(base_url=library_gateway.url, verify=NO_AUTHORITY, timeout=60) as client:
        client.get(LOGIN)
        form = {"username": "vera", "password": PASSWORD, "next": "/admin/"}
        client.post(LOGIN, data=form | {"csrfmiddlewaretoken": client.cookies["csrftoken"]})
        yield client


def test_a_session_corrects_with_the_token_of_a_page(browser: httpx.Client) -> None:
    answer = ask(browser, {"X-CSRFToken": browser.cookies["csrftoken"]})

    assert (answer.status_code, answer.json().get("by")) == (200, "admin:vera")


def test_a_session_without_a_token_counts_as_no_key(browser: httpx.Client) -> None:
    assert ask(browser, {}).status_code == 401


def test_a_page_of_another_site_is_refused_also_with_a_token(browser: httpx.Client) -> None:
    token = {"X-CSRFToken": browser.cookies["csrftoken"]}

    assert ask(browser, token | {"Origin": "https://evil.example"}).status_code == 403


def test_a_session_deletes_only_with_that_permission(browser: httpx.Client) -> None:
    token = {"X-CSRFToken": browser.cookies["csrftoken"]}

    assert (
        browser.delete(f"/api/transcripts/{store_meeting().pk}", headers=token).status_code == 403
    )


def ask(browser: httpx.Client, headers: dict[str, str]) -> httpx.Response:
    """Correct a block, as a page of the admin does."""
    url = f"/api/transcripts/{store_meeting().pk}/blocks/0"
    return browser.patch(url, json={"text": "Good morning."}, headers=headers)
