"""Tests of the migrations."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_migrations_can_be_reversed_and_applied_again() -> None:
    call_command("migrate", "voiceprints", "zero", verbosity=0)
    gone = [name for name in connection.introspection.table_names() if "voiceprints" in name]
    call_command("migrate", "voiceprints", verbosity=0)
    back = [name for name in connection.introspection.table_names() if "voiceprints" in name]

    assert gone == []
    assert "voiceprints_voiceprint" in back


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", "voiceprints", check=True, dry_run=True, verbosity=0)
