"""Tests that the app runs on Postgres with pgvector."""

import pytest
from django.apps import apps
from django.db import connection

from tests.gateway_process import Gateway


@pytest.mark.django_db
def test_migrating_makes_vectors_available() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '[3, 4]'::vector <-> '[0, 0]'::vector")

        assert cursor.fetchone() == (5.0,)


def test_the_app_is_on_when_a_database_is_named() -> None:
    assert apps.is_installed("voiceprints")


def test_the_gateway_with_a_database_serves_the_admins_sign_in(gateway: Gateway) -> None:
    answer = gateway.get("/admin/login/")

    assert answer.status_code == 200
    assert "Log in" in answer.text


def test_the_gateway_without_a_database_has_no_admin(bare: Gateway) -> None:
    assert bare.get("/admin/").json()["error"]["code"] == "unknown_url"


def test_the_gateway_with_everything_is_ready(gateway: Gateway) -> None:
    assert gateway.get("/readyz").json() == {
        "status": "ready",
        "parakeet": "ready",
        "kokoro": "ready",
        "database": "ready",
    }


def test_an_unknown_address_gets_the_envelope_beside_the_admin(gateway: Gateway) -> None:
    answer = gateway.post("/nowhere", data={"a": "b"})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_url"
