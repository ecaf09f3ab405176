"""The map of all prints, and deleting one."""

from django.test import Client

from tests.voiceprints.admin.conftest import PRINTS, queries_of, somebody_who_may
from tests.voiceprints.people import axis, blend, consenting, voiceprint_of
from voiceprints.models import AuditEntry, Voiceprint


def test_the_map_has_a_point_for_every_print(vera: Client) -> None:
    known(3)

    page = text_of(vera)

    assert page.count('class="point ') == 6
    assert "6 voiceprints of 3 people" in page


def test_a_point_leads_to_its_person(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))

    assert f'href="../person/{ana.pk}/change/" class="point' in text_of(vera)


def test_a_doubtful_print_is_marked_and_listed(vera: Client) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, blend({0: 1.0, 2: 0.3}))
    voiceprint_of(ben, axis(1))
    wrong = voiceprint_of(ben, blend({0: 0.9, 3: 0.5}))

    page = text_of(vera)

    assert page.count('class="ring"') == 1
    assert f"/admin/voiceprints/voiceprint/{wrong.pk}/delete/" in page


def test_without_prints_the_map_says_so(vera: Client) -> None:
    assert "No voiceprint yet" in text_of(vera)


def test_prints_of_two_spaces_are_on_two_maps(vera: Client) -> None:
    voiceprint_of(consenting("Ana"), axis(0))
    other = voiceprint_of(consenting("Ben"), axis(0), "campplus@92f2").space

    page = vera.get(f"{PRINTS}?space={other.pk}").content.decode()

    assert "1 voiceprint of 1 person in campplus@92f2" in page


def test_the_map_takes_no_more_queries_for_more_prints(vera: Client) -> None:
    known(3)
    few = queries_of(vera, PRINTS)

    known(27, first=3)

    assert queries_of(vera, PRINTS) == few


def test_a_deleted_print_is_audited(vera: Client) -> None:
    ana = consenting("Ana")
    gone = voiceprint_of(ana, axis(0))

    vera.post(f"{PRINTS}{gone.pk}/delete/", {"post": "yes"})

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("admin:vera", "print_deleted", ana.pk)
    assert not Voiceprint.objects.exists()


def test_a_viewer_sees_the_map_and_deletes_nothing(viewer: Client) -> None:
    kept = voiceprint_of(consenting("Ana"), axis(0))

    assert viewer.get(PRINTS).status_code == 200
    assert viewer.post(f"{PRINTS}{kept.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_may_not_see_people_does_not_see_the_map(db: None) -> None:
    voiceprint_of(consenting("Ana"), axis(0))

    assert somebody_who_may("view_voiceprint").get(PRINTS).status_code == 403


def test_a_print_is_never_changed_by_hand(vera: Client) -> None:
    kept = voiceprint_of(consenting("Ana"), axis(0))

    assert vera.post(f"{PRINTS}{kept.pk}/change/", {"vector": "[1]"}).status_code == 403


def known(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        person = consenting(f"Person {number}")
        voiceprint_of(person, axis(number))
        voiceprint_of(person, blend({number: 1.0, number + 60: 0.4}))


def text_of(client: Client) -> str:
    return client.get(PRINTS).content.decode()
