"""The admin pages of vocabularies."""

import pytest
from django.test import Client
from pytest_django import Settings

from voiceprints.models import AuditEntry, Vocabulary

VOCABULARIES = "/admin/voiceprints/vocabulary/"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.API_KEYS = ["desk:desk-key:audio", "clinic:clinic-key:audio"]


def test_terms_are_typed_one_a_line(vera: Client) -> None:
    form = {"key": "clinic", "terms": " Zorvath\r\n\r\nAna  Ruiz\r\nZorvath"}

    vera.post(f"{VOCABULARIES}add/", form)

    stored = Vocabulary.objects.get()
    assert (stored.key, stored.terms) == ("clinic", ["Zorvath", "Ana Ruiz"])
    assert AuditEntry.objects.get().actor == "admin:vera"


def test_terms_are_shown_and_changed(vera: Client) -> None:
    stored = Vocabulary.objects.create(key="desk", terms=["Zorvath", "<b>Ana</b>"])
    url = f"{VOCABULARIES}{stored.pk}/change/"

    page = vera.get(url).content.decode()
    vera.post(url, {"terms": "Halniley"})

    assert "Zorvath\n&lt;b&gt;Ana&lt;/b&gt;</textarea>" in page
    stored.refresh_from_db()
    assert (stored.key, stored.terms, stored.version) == ("desk", ["Halniley"], 2)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("x" * 10_000, "Term 1: expected at most 200 characters."),
        ("\n".join(map("term{}".format, range(501))), "Expected at most 500 terms, got 501."),
    ],
)
def test_terms_that_cannot_be_stored_are_refused(vera: Client, terms: str, message: str) -> None:
    answer = vera.post(f"{VOCABULARIES}add/", {"key": "desk", "terms": terms})

    assert message in answer.content.decode()
    assert not Vocabulary.objects.exists()


def test_removed_terms_are_audited(vera: Client) -> None:
    stored = Vocabulary.objects.create(key="desk", terms=["Zorvath"])

    vera.post(f"{VOCABULARIES}{stored.pk}/change/", {"terms": "\u200b"})

    assert Vocabulary.objects.get().terms == []
    assert AuditEntry.objects.get().detail == {"key": "desk", "terms": 0}


def test_no_vocabulary_can_be_deleted(vera: Client) -> None:
    stored = Vocabulary.objects.create(key="desk", terms=["Zorvath"])

    answer = vera.post(f"{VOCABULARIES}{stored.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert Vocabulary.objects.get() == stored
