"""Limits on log-in attempts and on the forms of clients without a session."""

from collections.abc import Iterator
from typing import cast

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from voiceprints.admin.login_limits import LARGEST_FORM

LOGIN = "/admin/login/"
RIGHT, WRONG = "correct horse battery", "hunter2-hunter2"
LARGE = b"x" * (LARGEST_FORM + 1)


@pytest.fixture
def account(db: None) -> Iterator[None]:
    User.objects.create_superuser("vera", password=RIGHT)
    yield
    cache.clear()


def log_in(password: str, name: str = "vera", address: str = "192.0.2.1") -> HttpResponse:
    given = {"username": name, "password": password}
    return cast(HttpResponse, Client().post(LOGIN, given, REMOTE_ADDR=address))


def fail(times: int) -> list[int]:
    return [log_in(WRONG).status_code for _time in range(times)]


@pytest.mark.usefixtures("account")
def test_the_fifth_failure_in_a_row_locks_the_client_out() -> None:
    assert fail(6) == [200, 200, 200, 200, 429, 429]


@pytest.mark.usefixtures("account")
def test_a_locked_out_client_gets_the_waiting_time() -> None:
    fail(5)

    answer = log_in(RIGHT)

    assert answer.headers["Retry-After"] == "900"
    assert "Try again in 15 minutes." in answer.content.decode()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.usefixtures("account")
def test_a_success_resets_the_count() -> None:
    fail(4)
    log_in(RIGHT)

    assert fail(4) == [200] * 4


@pytest.mark.usefixtures("account")
def test_an_unknown_account_is_treated_like_a_known_one() -> None:
    answers = [log_in(WRONG, name="ines").status_code for _time in range(5)]

    assert answers == [200, 200, 200, 200, 429]


@pytest.mark.usefixtures("account")
def test_a_client_at_another_address_is_not_locked_out() -> None:
    fail(5)

    assert log_in(RIGHT, address="192.0.2.2").status_code == 302


@pytest.mark.usefixtures("account")
def test_neither_password_nor_name_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    fail(6)

    assert "192.0.2.1" in caplog.text
    assert WRONG not in caplog.text
    assert "vera" not in caplog.text


def with_a_file(client: Client, url: str) -> int:
    file = SimpleUploadedFile("a.wav", LARGE)
    return client.post(url, {"file": file}).status_code


@pytest.mark.parametrize("url", ["/admin/login/", "/admin/", "/admin/logout/"])
@pytest.mark.django_db
def test_an_anonymous_client_cannot_upload(url: str) -> None:
    assert with_a_file(Client(), url) == 413


def test_a_logged_in_user_may_upload(vera: Client) -> None:
    assert with_a_file(vera, "/admin/logout/") == 200


@pytest.mark.django_db
def test_an_anonymous_client_may_try_to_log_in() -> None:
    answer = Client().post("/admin/login/", {"username": "vera", "password": "wrong"})

    assert answer.status_code == 200
