"""The admin site, the audit and the spaces."""

from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from tests.voiceprints.admin.conftest import (
    AUDIT,
    PEOPLE,
    SPACES,
    count_queries,
    user_with_permissions,
)
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.models import AuditEntry, Space


def test_the_library_comes_first(vera: Client) -> None:
    page = text_of(vera, "/admin/")

    assert page.index("Voice library</a>") < page.index("Authentication and Authorization</a>")
    assert page.index(">People</a>") < page.index(">Transcripts</a>")


def test_the_admin_is_found_without_its_slash(vera: Client) -> None:
    assert vera.get("/admin").headers["Location"] == "/admin/"


def test_the_index_shows_the_latest_actions(vera: Client) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    assert "desk, " in text_of(vera, "/admin/")


def test_the_latest_actions_are_hidden_without_permission(db: None) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    page = text_of(user_with_permissions("view_person"), "/admin/")

    assert "desk" not in page


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", PEOPLE])
def test_a_page_may_load_only_its_own_scripts(vera: Client, url: str) -> None:
    answer = vera.get(url, follow=True)

    assert answer["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert "<script>" not in answer.content.decode()


def test_a_short_password_is_refused(vera: Client) -> None:
    form = {"username": "ana", "usable_password": "true", "password1": "x1", "password2": "x1"}

    answer = vera.post("/admin/auth/user/add/", form)

    assert "at least 12 characters" in answer.content.decode()
    assert User.objects.count() == 1


def test_an_unknown_person_is_reported(vera: Client) -> None:
    page = text_of(vera, f"{PEOPLE}{uuid4()}/change/")

    assert "exist. Perhaps it was deleted" in page


@pytest.mark.parametrize("path", ["add/", "1/delete/"])
def test_an_audit_entry_cannot_be_added_or_deleted(vera: Client, path: str) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    assert vera.get(AUDIT + path).status_code in {302, 403}
    assert AuditEntry.objects.count() == 1


def test_an_audit_entry_cannot_be_edited(vera: Client) -> None:
    line = AuditEntry.objects.create(actor="desk", action="enrolled")

    assert vera.post(f"{AUDIT}{line.pk}/change/", {"actor": "vera"}).status_code == 403


def test_the_audit_has_no_bulk_action(vera: Client) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    assert "delete_selected" not in text_of(vera, AUDIT)


def test_the_audit_is_filtered_by_action(vera: Client) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")
    AuditEntry.objects.create(actor="archive", action="forgotten")

    page = text_of(vera, f"{AUDIT}?action=forgotten")

    assert "archive" in page
    assert "desk" not in page


def test_a_persons_history_is_the_audit(vera: Client) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    AuditEntry.objects.create(actor="desk", action="enrolled", person_id=ana.pk)
    AuditEntry.objects.create(actor="archive", action="enrolled", person_id=ben.pk)

    page = text_of(vera, f"{PEOPLE}{ana.pk}/history/")

    assert "desk" in page
    assert "archive" not in page


def test_the_audit_takes_no_more_queries_for_more_entries(vera: Client) -> None:
    add_entries(3)
    few = count_queries(vera, AUDIT)

    add_entries(27)

    assert count_queries(vera, AUDIT) == few


def test_djangos_own_log_stores_no_name(vera: Client) -> None:
    ana = consenting("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/change/", {"name": "Ana Ruiz", "seen_version": 1})
    vera.post(f"{PEOPLE}{ana.pk}/delete/", {})

    assert not LogEntry.objects.exists()


def test_a_change_of_a_threshold_is_audited(vera: Client) -> None:
    space = Space.for_engine("titanet")

    vera.post(f"{SPACES}{space.pk}/change/", {"threshold": "0.6", "margin": "0.1"})

    space.refresh_from_db()
    assert (space.threshold, space.margin) == (0.6, 0.1)
    assert AuditEntry.objects.get().detail == {"space": "titanet", "threshold": 0.6, "margin": 0.1}


def test_a_threshold_that_is_typed_is_the_administrators_own(vera: Client) -> None:
    space = Space.for_engine("titanet")

    vera.post(
        f"{SPACES}{space.pk}/change/",
        {"threshold": "0.6", "margin": "0.05", "is_threshold_automatic": "on"},
    )

    space.refresh_from_db()
    assert (space.threshold, space.threshold_source) == (0.6, "operator")


def test_a_changed_margin_leaves_the_threshold_to_the_library(vera: Client) -> None:
    space = Space.for_engine("titanet")

    vera.post(
        f"{SPACES}{space.pk}/change/",
        {"threshold": "0.5", "margin": "0.1", "is_threshold_automatic": "on"},
    )

    space.refresh_from_db()
    assert (space.margin, space.is_threshold_automatic) == (0.1, True)


def test_a_threshold_is_given_back_to_the_library(vera: Client) -> None:
    space = Space.objects.create(model="titanet", threshold=0.9, threshold_source="operator")
    voiceprint_of(consenting("Ana"), axis(0))

    vera.post(
        f"{SPACES}{space.pk}/change/",
        {"threshold": "0.9", "margin": "0.05", "is_threshold_automatic": "on"},
    )

    space.refresh_from_db()
    assert (space.threshold, space.threshold_source) == (0.45, "size")


def test_the_page_of_a_space_says_why_it_has_its_threshold(vera: Client, viewer: Client) -> None:
    space = Space.objects.create(model="titanet", threshold=0.9, threshold_source="operator")

    for user in (vera, viewer):
        assert "An administrator set it." in text_of(user, f"{SPACES}{space.pk}/change/")


def test_a_threshold_outside_the_cosine_range_is_refused(vera: Client) -> None:
    space = Space.for_engine("titanet")

    vera.post(f"{SPACES}{space.pk}/change/", {"threshold": "1.5", "margin": "0.1"})

    space.refresh_from_db()
    assert space.threshold == 0.5


def test_a_space_cannot_be_added_or_deleted(vera: Client) -> None:
    space = Space.for_engine("titanet")

    assert vera.get(f"{SPACES}add/").status_code == 403
    assert vera.get(f"{SPACES}{space.pk}/delete/").status_code == 403


def test_the_list_of_spaces_takes_no_more_queries_for_more_spaces(vera: Client) -> None:
    add_spaces(3)
    few = count_queries(vera, SPACES)

    add_spaces(27, first=3)

    assert count_queries(vera, SPACES) == few


def add_entries(count: int) -> None:
    for _ in range(count):
        AuditEntry.objects.create(actor="desk", action="enrolled", person_id=uuid4())


def add_spaces(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        voiceprint_of(consenting(f"Person {number}"), axis(number), f"model{number}")


def text_of(client: Client, url: str) -> str:
    return client.get(url, follow=True).content.decode()
