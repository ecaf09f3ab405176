"""The frame of all pages, the audit and the spaces."""

from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from tests.voiceprints.admin.conftest import AUDIT, PEOPLE, SPACES, queries_of, somebody_who_may
from tests.voiceprints.people import axis, consenting, voiceprint_of
from voiceprints.models import AuditEntry, Space


def test_the_library_stands_first(vera: Client) -> None:
    page = text_of(vera, "/admin/")

    assert page.index("Voice library</a>") < page.index("Authentication and Authorization</a>")
    assert page.index(">People</a>") < page.index(">Transcripts</a>")


def test_the_admin_is_found_without_its_slash(vera: Client) -> None:
    assert vera.get("/admin").headers["Location"] == "/admin/"


def test_what_was_done_last_is_told_on_the_first_page(vera: Client) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    assert "desk, " in text_of(vera, "/admin/")


def test_who_may_not_see_the_audit_is_told_nothing_of_it(db: None) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    page = text_of(somebody_who_may("view_person"), "/admin/")

    assert "desk" not in page


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", PEOPLE])
def test_a_page_may_load_only_its_own_scripts(vera: Client, url: str) -> None:
    answer = vera.get(url, follow=True)

    assert answer["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert "<script>" not in answer.content.decode()


def test_a_short_password_is_refused(vera: Client) -> None:
    asked = {"username": "ana", "usable_password": "true", "password1": "x1", "password2": "x1"}

    answer = vera.post("/admin/auth/user/add/", asked)

    assert "at least 12 characters" in answer.content.decode()
    assert User.objects.count() == 1


def test_an_unknown_person_is_said_to_be_so(vera: Client) -> None:
    page = text_of(vera, f"{PEOPLE}{uuid4()}/change/")

    assert "exist. Perhaps it was deleted" in page


@pytest.mark.parametrize("what", ["add/", "1/delete/"])
def test_nobody_adds_or_deletes_a_line_of_the_audit(vera: Client, what: str) -> None:
    AuditEntry.objects.create(actor="desk", action="enrolled")

    assert vera.get(AUDIT + what).status_code in {302, 403}
    assert AuditEntry.objects.count() == 1


def test_nobody_edits_a_line_of_the_audit(vera: Client) -> None:
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


def test_a_persons_audit_is_one_link_away(vera: Client) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    AuditEntry.objects.create(actor="desk", action="enrolled", person_id=ana.pk)
    AuditEntry.objects.create(actor="archive", action="enrolled", person_id=ben.pk)

    page = text_of(vera, f"{PEOPLE}{ana.pk}/history/")

    assert "desk" in page
    assert "archive" not in page


def test_the_audit_takes_no_more_queries_for_more_lines(vera: Client) -> None:
    lines(3)
    few = queries_of(vera, AUDIT)

    lines(27)

    assert queries_of(vera, AUDIT) == few


def test_djangos_own_log_keeps_no_name(vera: Client) -> None:
    ana = consenting("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/change/", {"name": "Ana Ruiz", "seen_version": 1})
    vera.post(f"{PEOPLE}{ana.pk}/delete/", {})

    assert not LogEntry.objects.exists()


def test_a_spaces_threshold_is_tuned_and_audited(vera: Client) -> None:
    space = Space.for_engine("titanet")

    vera.post(f"{SPACES}{space.pk}/change/", {"threshold": "0.6", "margin": "0.1"})

    space.refresh_from_db()
    assert (space.threshold, space.margin) == (0.6, 0.1)
    assert AuditEntry.objects.get().detail == {"space": "titanet", "threshold": 0.6, "margin": 0.1}


def test_a_threshold_that_is_no_cosine_is_refused(vera: Client) -> None:
    space = Space.for_engine("titanet")

    vera.post(f"{SPACES}{space.pk}/change/", {"threshold": "1.5", "margin": "0.1"})

    space.refresh_from_db()
    assert space.threshold == 0.5


def test_nobody_adds_or_deletes_a_space(vera: Client) -> None:
    space = Space.for_engine("titanet")

    assert vera.get(f"{SPACES}add/").status_code == 403
    assert vera.get(f"{SPACES}{space.pk}/delete/").status_code == 403


def test_the_list_of_spaces_takes_no_more_queries_for_more(vera: Client) -> None:
    spaces(3)
    few = queries_of(vera, SPACES)

    spaces(27, first=3)

    assert queries_of(vera, SPACES) == few


def lines(count: int) -> None:
    for _ in range(count):
        AuditEntry.objects.create(actor="desk", action="enrolled", person_id=uuid4())


def spaces(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        voiceprint_of(consenting(f"Person {number}"), axis(number), f"model{number}")


def text_of(client: Client, url: str) -> str:
    return client.get(url, follow=True).content.decode()
