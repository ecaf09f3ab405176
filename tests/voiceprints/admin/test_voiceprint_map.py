"""The map of all voiceprints, and the deletion of one."""

from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import VOICEPRINTS, count_queries, user_with_permissions
from tests.voiceprints.people import axis, blend, consenting, voiceprint_of
from voiceprints.erasure.person_erasure import erase_person
from voiceprints.models import AuditEntry, Person, Voiceprint


def test_the_map_has_a_point_for_every_voiceprint(vera: Client) -> None:
    enrol_people(3)

    page = text_of(vera)

    assert page.count('class="point ') == 6
    assert "6 voiceprints of 3 people" in page


def test_a_point_links_to_its_person(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))

    assert f'href="../person/{ana.pk}/change/" class="point' in text_of(vera)


def test_a_doubtful_voiceprint_is_marked_and_listed(vera: Client) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, blend({0: 1.0, 2: 0.3}))
    voiceprint_of(ben, axis(1))
    wrong = voiceprint_of(ben, blend({0: 0.9, 3: 0.5}))

    page = text_of(vera)

    assert page.count('class="ring"') == 1
    assert f"/admin/voiceprints/voiceprint/{wrong.pk}/delete/" in page


def test_an_empty_map_has_a_message(vera: Client) -> None:
    assert "no voiceprints yet" in text_of(vera)


def test_a_map_without_people_has_a_message(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))

    erase_person(ana.pk, actor="admin:vera")

    assert "No voiceprint in" in text_of(vera)


def test_a_map_without_consent_has_a_message(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    Person.objects.update(consent_until=timezone.now())

    assert "No voiceprint in" in text_of(vera)


def test_each_space_has_its_own_map(vera: Client) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    other = voiceprint_of(consenting("Ben"), axis(0), "campplus@92f2").space

    page = vera.get(f"{VOICEPRINTS}?space={other.pk}").content.decode()

    assert "1 voiceprint of 1 person in campplus@92f2" in page


def test_the_map_takes_no_more_queries_for_more_voiceprints(vera: Client) -> None:
    enrol_people(3)
    few = count_queries(vera, VOICEPRINTS)

    enrol_people(27, first=3)

    assert count_queries(vera, VOICEPRINTS) == few


def test_the_deletion_of_a_voiceprint_is_audited(vera: Client) -> None:
    ana = consenting("Ana")
    deleted = voiceprint_of(ana, axis(0))

    vera.post(f"{VOICEPRINTS}{deleted.pk}/delete/", {"post": "yes"})

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("admin:vera", "print_deleted", ana.pk)
    assert not Voiceprint.objects.exists()


def test_a_viewer_sees_the_map_but_cannot_delete(viewer: Client) -> None:
    stored = voiceprint_of(consenting("Ana"), axis(0))

    assert viewer.get(VOICEPRINTS).status_code == 200
    assert viewer.post(f"{VOICEPRINTS}{stored.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_map_needs_permission_to_view_people(db: None) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    assert user_with_permissions("view_voiceprint").get(VOICEPRINTS).status_code == 403


def test_a_voiceprint_cannot_be_changed_by_hand(vera: Client) -> None:
    stored = voiceprint_of(consenting("Ana"), axis(0))

    assert vera.post(f"{VOICEPRINTS}{stored.pk}/change/", {"vector": "[1]"}).status_code == 403


def enrol_people(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        person = consenting(f"Person {number}")
        voiceprint_of(person, axis(number))
        voiceprint_of(person, blend({number: 1.0, number + 60: 0.4}))


def text_of(client: Client) -> str:
    return client.get(VOICEPRINTS).content.decode()
