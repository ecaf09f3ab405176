"""Failures inside the admin are pages; outside of it they are the error envelope."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from audio.media.temporary_files import NoRoom
from tests.voiceprints.admin.conftest import PEOPLE, VOICEPRINTS, user_with_permissions
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.admin import voiceprint_map
from voiceprints.admin.login_limits import LARGEST_FORM

LARGE = b"x" * (LARGEST_FORM + 1)


def fail_with(failure: Exception, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    """Have the map of voiceprints fail."""

    def fail(*_arguments: object) -> None:
        raise failure

    voiceprint_of(consenting("Ana"), axis(0))
    monkeypatch.setattr(voiceprint_map, "build_plot", fail)
    client.raise_request_exception = False


def is_page(answer: object) -> bool:
    assert isinstance(answer, HttpResponse)
    policy = answer.headers["Content-Security-Policy"]
    is_html = answer.headers["Content-Type"].startswith("text/html")
    return is_html and policy.startswith("default-src 'self'") and b"<h1>" in answer.content


def test_an_unknown_page_is_a_page(vera: Client) -> None:
    answer = vera.get("/admin/nowhere/")

    assert answer.status_code == 404
    assert is_page(answer)


def test_a_null_character_is_answered_with_a_page(vera: Client) -> None:
    answer = vera.get(f"{PEOPLE}?q=a&q=%00")

    assert answer.status_code == 400
    assert is_page(answer)


def test_a_missing_permission_is_answered_with_a_page(db: None) -> None:
    answer = user_with_permissions("view_voiceprint").get(VOICEPRINTS)

    assert answer.status_code == 403
    assert is_page(answer)


def test_a_form_without_a_token_is_answered_with_a_page(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("vera"))

    answer = client.post(f"{PEOPLE}add/", {"name": "Ana"})

    assert answer.status_code == 403
    assert is_page(answer)


@pytest.mark.django_db
def test_a_large_form_before_a_login_is_answered_with_a_page() -> None:
    answer = Client().post("/admin/login/", {"file": SimpleUploadedFile("a.wav", LARGE)})

    assert answer.status_code == 413
    assert is_page(answer)


def test_an_unexpected_failure_is_a_page_without_its_reason(
    vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(RuntimeError("a secret of the inside"), monkeypatch, vera)

    answer = vera.get(VOICEPRINTS)

    assert answer.status_code == 500
    assert is_page(answer)
    assert "secret" not in answer.content.decode()


def test_a_full_disk_is_answered_with_a_page(
    vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(NoRoom(), monkeypatch, vera)

    answer = vera.get(VOICEPRINTS)

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert is_page(answer)


def test_outside_the_admin_failures_are_the_error_envelope(vera: Client) -> None:
    answer = vera.get("/nowhere")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_url"
