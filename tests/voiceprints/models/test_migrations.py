"""Tests of the migrations."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests.voiceprints.people import speaker, transcript
from voiceprints.models import Block, Space


@pytest.mark.django_db(transaction=True)
def test_migrations_can_be_reversed_and_applied_again() -> None:
    call_command("migrate", "voiceprints", "zero", verbosity=0)
    gone = [name for name in connection.introspection.table_names() if "voiceprints" in name]
    call_command("migrate", "voiceprints", verbosity=0)
    back = [name for name in connection.introspection.table_names() if "voiceprints" in name]

    assert gone == []
    assert "voiceprints_voiceprint" in back


@pytest.mark.django_db(transaction=True)
def test_stored_blocks_are_found_after_the_search_has_been_changed() -> None:
    meeting = transcript()
    ana = speaker(meeting, "Speaker_0", "Ana")
    for position in range(3):
        Block.objects.create(
            transcript=meeting, speaker=ana, position=position, start_ms=0, end_ms=9, text="早上好"
        )

    call_command("migrate", "voiceprints", "0009", verbosity=0)
    call_command("migrate", "voiceprints", verbosity=0)

    assert Block.objects.with_words("早上").count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_threshold_of_an_administrator_is_kept_and_the_default_becomes_automatic() -> None:
    Space.for_engine("titanet")
    Space.objects.create(model="campplus", threshold=0.62)

    call_command("migrate", "voiceprints", "0011", verbosity=0)
    call_command("migrate", "voiceprints", verbosity=0)

    assert dict(Space.objects.values_list("model", "threshold_source")) == {
        "titanet": "default",
        "campplus": "operator",
    }


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", "voiceprints", check=True, dry_run=True, verbosity=0)
