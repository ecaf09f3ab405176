"""Limits on log-in attempts and on the forms of clients without a session."""

from collections.abc import Iterator
from typing import cast

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from voiceprints.admin.login_limits import LARGEST_FORM, client_address

LOGIN = "/admin/login/"
RIGHT, WRONG = "correct horse battery", "hunter2-hunter2"
LARGE = b"x" * (LARGEST_FORM + 1)


@pytest.fixture
def account(db: None) -> Iterator[None]:
    User.objects.create_superuser("vera", password=RIGHT)
    yield
    cache.clear()


def log_in(
    password: str, name: str = "vera", address: str = "192.0.2.1", forwarded: str = ""
) -> HttpResponse:
    given = {"username": name, "password": password}
    headers = {"x-forwarded-for": forwarded}
    return cast(HttpResponse, Client().post(LOGIN, given, headers=headers, REMOTE_ADDR=address))


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


def through_proxy(password: str, forwarded: str, proxy: str = "127.0.0.1") -> int:
    return log_in(password, address=proxy, forwarded=forwarded).status_code


@pytest.mark.usefixtures("account")
def test_a_client_behind_a_proxy_does_not_lock_out_the_others() -> None:
    failures = [through_proxy(WRONG, "192.0.2.1") for _time in range(5)]

    assert failures[-1] == through_proxy(RIGHT, "192.0.2.1") == 429
    assert through_proxy(RIGHT, "192.0.2.2") == 302


@pytest.mark.usefixtures("account")
def test_an_address_that_the_client_invents_makes_no_difference() -> None:
    failures = [through_proxy(WRONG, f"198.51.100.{time}, 192.0.2.1") for time in range(6)]

    assert failures == [200, 200, 200, 200, 429, 429]


@pytest.mark.usefixtures("account")
def test_a_proxy_that_is_not_trusted_is_a_client() -> None:
    failures = [through_proxy(WRONG, f"192.0.2.{time}", "203.0.113.7") for time in range(6)]

    assert failures == [200, 200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "192.0.2.9, 192.0.2.1, 10.1.2.3", "192.0.2.1"),
        ("127.0.0.1", "192.0.2.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.1,10.0.0.2", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:DB8::0:1", "2001:db8::1"),
        ("192.0.2.1", "192.0.2.2", "192.0.2.1"),
        ("", "192.0.2.2", None),
    ],
)
def test_the_client_is_the_first_address_that_is_not_a_trusted_proxy(
    settings: Settings, peer: str, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", " 10.0.0.0/8"]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address


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
