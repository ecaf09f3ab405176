"""The list of people, their pages, and what is changed there."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import PEOPLE, queries_of, somebody_who_may
from tests.voiceprints.people import axis, blend, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, Voiceprint

ASKED = {
    "name": "Ana",
    "aliases": "",
    "consent_how": "",
    "notes": "",
    "consent_given_at_0": "",
    "consent_given_at_1": "",
    "consent_until_0": "",
    "consent_until_1": "",
}


def test_the_list_says_how_many_prints_somebody_has(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, axis(1))

    assert '<td class="field-prints">2</td>' in text_of(vera, PEOPLE)


def test_the_list_says_when_somebody_was_last_heard(vera: Client) -> None:
    speaker(transcript(), "Speaker_0", "Ana", person=consenting("Ana"))

    assert f"{timezone.now():%Y}" in text_of(vera, PEOPLE).partition("field-last_heard")[2]


def test_the_list_tells_all_states_of_consent(vera: Client) -> None:
    consenting("Ana")
    consenting("Ben", consent_until=timezone.now() + timedelta(days=9))
    consenting("Clara", consent_until=timezone.now())
    Person.objects.create(name="Dora")

    page = text_of(vera, PEOPLE)

    assert page.count('class="badge given"') == 1
    assert page.count('class="badge until"') == 1
    assert page.count('class="badge expired"') == 1
    assert page.count('class="badge none"') == 1


def test_people_are_filtered_by_ended_consent(vera: Client) -> None:
    consenting("Ana")
    consenting("Clara", consent_until=timezone.now())

    page = text_of(vera, f"{PEOPLE}?consent=ended")

    assert "Clara" in page
    assert "Ana</a>" not in page


def test_people_are_found_by_an_alias(vera: Client) -> None:
    Person.objects.create(name="Ana Ruiz", aliases=["The boss"])
    Person.objects.create(name="Ben Ortner")

    page = text_of(vera, f"{PEOPLE}?q=boss")

    assert "Ana Ruiz" in page
    assert "Ben Ortner" not in page


def test_the_list_takes_no_more_queries_for_more_people(vera: Client) -> None:
    plant(3)
    few = queries_of(vera, PEOPLE)

    plant(27, first=3)

    assert queries_of(vera, PEOPLE) == few


def test_a_page_takes_no_more_queries_for_more_prints_and_transcripts(vera: Client) -> None:
    ana = consenting("Ana")
    heard_often(ana, 3)
    few = queries_of(vera, page_of(ana))

    heard_often(ana, 7)

    assert queries_of(vera, page_of(ana)) == few


def test_a_page_shows_no_number_of_a_vector(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, blend({0: 0.8, 1: 0.61}))

    assert "0.79" not in text_of(vera, page_of(ana))


def test_a_page_says_how_alike_the_prints_are(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, blend({0: 0.8, 1: 0.6}))

    assert text_of(vera, page_of(ana)).count('<td class="number">0.80</td>') == 2


def test_a_print_nearer_to_somebody_else_is_marked(vera: Client) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, blend({1: 0.9, 0: 0.1}))
    voiceprint_of(ben, axis(1))

    page = text_of(vera, page_of(ana))

    assert page.count("doubtful</span>") == 1
    assert page_of(ben) in page


def test_a_new_person_is_audited_under_the_admins_name(vera: Client) -> None:
    vera.post(f"{PEOPLE}add/", ASKED)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == ("admin:vera", "person_created")
    assert entry.person_id == Person.objects.get(name="Ana").pk


def test_a_change_of_consent_is_audited_as_such(vera: Client) -> None:
    ana = Person.objects.create(name="Ana")
    given = {"consent_given_at_0": "2026-01-02", "consent_given_at_1": "10:00:00"}

    vera.post(page_of(ana), ASKED | given | {"consent_how": "by e-mail", "seen_version": 1})

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.detail) == ("consent_changed", {"holds": True})


def test_a_new_name_is_shown_wherever_the_person_speaks(vera: Client) -> None:
    ana = Person.objects.create(name="Anna")
    heard = speaker(transcript(), "Speaker_0", "Anna", person=ana)

    vera.post(page_of(ana), ASKED | {"seen_version": 1})

    heard.refresh_from_db()
    assert heard.name == "Ana"
    assert AuditEntry.objects.get().action == "person_changed"


def test_aliases_are_written_one_a_line(vera: Client) -> None:
    ana = Person.objects.create(name="Ana")

    vera.post(page_of(ana), ASKED | {"aliases": "A. Ruiz\n\n  Annie \n", "seen_version": 1})

    ana.refresh_from_db()
    assert ana.aliases == ["A. Ruiz", "Annie"]


def test_a_name_that_somebody_has_is_refused(vera: Client) -> None:
    Person.objects.create(name="ANA")

    answer = vera.post(f"{PEOPLE}add/", ASKED)

    assert "Somebody else has this name" in answer.content.decode()


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(vera: Client) -> None:
    ana = Person.objects.create(name="Ana")
    Person.objects.filter(pk=ana.pk).update(notes="met in May")

    answer = vera.post(page_of(ana), ASKED | {"seen_version": 1})

    assert "Somebody else changed this person" in answer.content.decode()
    assert Person.objects.get().notes == "met in May"


def test_a_viewer_changes_nobody(viewer: Client) -> None:
    ana = Person.objects.create(name="Ana")

    assert viewer.post(page_of(ana), ASKED | {"seen_version": 1}).status_code == 403


def test_a_person_who_does_not_exist_has_no_page(vera: Client) -> None:
    answer = vera.get(f"{PEOPLE}not-an-id/change/")

    assert answer.status_code == 302


def test_transcripts_stay_hidden_from_those_who_may_not_see_them(db: None) -> None:
    ana = consenting("Ana")
    speaker(transcript(recording_name="Secret talk"), "Speaker_0", "Ana", person=ana)

    page = text_of(somebody_who_may("view_person"), page_of(ana))

    assert "Secret talk" not in page


def page_of(person: Person) -> str:
    return f"{PEOPLE}{person.pk}/change/"


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def plant(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        heard_often(consenting(f"Person {number}", aliases=["Somebody"]), 2)


def heard_often(person: Person, times: int) -> None:
    for number in range(times):
        speaker(transcript(), "Speaker_0", person.name, person=person)
        voiceprint_of(person, blend({Voiceprint.objects.count() % 90: 1.0, 100 + number: 0.5}))
