"""What somebody may send who has not logged in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from voiceprints.strangers import LARGEST_FORM

LARGE = b"x" * (LARGEST_FORM + 1)


def with_a_file(client: Client, url: str) -> int:
    file = SimpleUploadedFile("a.wav", LARGE)
    return client.post(url, {"file": file}).status_code


@pytest.mark.parametrize("url", ["/admin/login/", "/admin/", "/admin/logout/"])
@pytest.mark.django_db
def test_a_stranger_uploads_nothing(url: str) -> None:
    assert with_a_file(Client(), url) == 413


def test_who_has_logged_in_uploads(vera: Client) -> None:
    assert with_a_file(vera, "/admin/logout/") == 200


@pytest.mark.django_db
def test_a_stranger_may_try_to_log_in() -> None:
    answer = Client().post("/admin/login/", {"username": "vera", "password": "wrong"})

    assert answer.status_code == 200
