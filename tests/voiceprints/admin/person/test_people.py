"""The list of people, their pages, and changes of a person."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import PEOPLE, count_queries, user_with_permissions
from tests.voiceprints.people import axis, blend, consenting, speaker, transcript, voiceprint_of
from voiceprints.models import AuditEntry, Person, Voiceprint

FORM = {
    "name": "Ana",
    "aliases": "",
    "consent_how": "",
    "notes": "",
    "consent_given_at_0": "",
    "consent_given_at_1": "",
    "consent_until_0": "",
    "consent_until_1": "",
}


def test_the_list_shows_the_number_of_voiceprints(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, axis(1))

    assert '<td class="field-voiceprint_count">2</td>' in text_of(vera, PEOPLE)


def test_the_list_shows_the_date_of_the_last_transcript(vera: Client) -> None:
    speaker(transcript(), "Speaker_0", "Ana", person=consenting("Ana"))

    assert f"{timezone.now():%Y}" in text_of(vera, PEOPLE).partition("field-last_heard")[2]


def test_the_list_shows_all_states_of_consent(vera: Client) -> None:
    consenting("Ana")
    consenting("Ben", consent_until=timezone.now() + timedelta(days=9))
    consenting("Clara", consent_until=timezone.now())
    Person.objects.create(name="Dora")

    page = text_of(vera, PEOPLE)

    assert page.count('class="badge given"') == 1
    assert page.count('class="badge until"') == 1
    assert page.count('class="badge expired"') == 1
    assert page.count('class="badge none"') == 1


def test_consent_that_ends_in_half_a_year_is_no_warning(vera: Client) -> None:
    consenting("Ben", consent_until=timezone.now() + timedelta(days=180))

    page = text_of(vera, PEOPLE)

    assert 'class="badge given">until ' in page
    assert 'class="badge until"' not in page


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
    add_people(3)
    few = count_queries(vera, PEOPLE)

    add_people(27, first=3)

    assert count_queries(vera, PEOPLE) == few


def test_a_page_takes_no_more_queries_for_more_voiceprints_and_transcripts(vera: Client) -> None:
    ana = consenting("Ana")
    add_appearances(ana, 3)
    few = count_queries(vera, url_of(ana))

    add_appearances(ana, 7)

    assert count_queries(vera, url_of(ana)) == few


def test_a_page_does_not_show_vectors(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, blend({0: 0.8, 1: 0.61}))

    assert "0.79" not in text_of(vera, url_of(ana))


def test_a_page_shows_the_similarity_of_voiceprints(vera: Client) -> None:
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, blend({0: 0.8, 1: 0.6}))

    assert text_of(vera, url_of(ana)).count('<td class="number">0.80</td>') == 2


def test_a_voiceprint_nearer_to_another_person_is_marked(vera: Client) -> None:
    ana, ben = consenting("Ana"), consenting("Ben")
    voiceprint_of(ana, axis(0))
    voiceprint_of(ana, blend({1: 0.9, 0: 0.1}))
    voiceprint_of(ben, axis(1))

    page = text_of(vera, url_of(ana))

    assert page.count("doubtful</span>") == 1
    assert url_of(ben) in page


def test_a_new_person_is_audited_under_the_admins_name(vera: Client) -> None:
    vera.post(f"{PEOPLE}add/", FORM)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == ("admin:vera", "person_created")
    assert entry.person_id == Person.objects.get(name="Ana").pk


def test_a_change_of_consent_is_audited(vera: Client) -> None:
    ana = Person.objects.create(name="Ana")
    given = {"consent_given_at_0": "2026-01-02", "consent_given_at_1": "10:00:00"}

    vera.post(url_of(ana), FORM | given | {"consent_how": "by e-mail", "seen_version": 1})

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.detail) == ("consent_changed", {"holds": True})


def test_a_new_name_is_shown_in_transcripts(vera: Client) -> None:
    ana = Person.objects.create(name="Anna")
    spoken = speaker(transcript(), "Speaker_0", "Anna", person=ana)

    vera.post(url_of(ana), FORM | {"seen_version": 1})

    spoken.refresh_from_db()
    assert spoken.name == "Ana"
    assert AuditEntry.objects.get().action == "person_changed"


def test_aliases_are_written_one_per_line(vera: Client) -> None:
    ana = Person.objects.create(name="Ana")

    vera.post(url_of(ana), FORM | {"aliases": "A. Ruiz\n\n  Annie \n", "seen_version": 1})

    ana.refresh_from_db()
    assert ana.aliases == ["A. Ruiz", "Annie"]


def test_a_name_of_another_person_is_refused(vera: Client) -> None:
    Person.objects.create(name="ANA")

    answer = vera.post(f"{PEOPLE}add/", FORM)

    assert "Another person has this name" in answer.content.decode()


def test_a_change_by_another_user_is_not_overwritten(vera: Client) -> None:
    ana = Person.objects.create(name="Ana")
    Person.objects.filter(pk=ana.pk).update(notes="met in May")

    answer = vera.post(url_of(ana), FORM | {"seen_version": 1})

    assert "Another user has changed this person" in answer.content.decode()
    assert Person.objects.get().notes == "met in May"


def test_a_viewer_cannot_change_a_person(viewer: Client) -> None:
    ana = Person.objects.create(name="Ana")

    assert viewer.post(url_of(ana), FORM | {"seen_version": 1}).status_code == 403


def test_an_unknown_person_has_no_page(vera: Client) -> None:
    answer = vera.get(f"{PEOPLE}not-an-id/change/")

    assert answer.status_code == 302


def test_transcripts_are_hidden_without_permission_to_view_them(db: None) -> None:
    ana = consenting("Ana")
    speaker(transcript(recording_name="Secret talk"), "Speaker_0", "Ana", person=ana)

    page = text_of(user_with_permissions("view_person"), url_of(ana))

    assert "Secret talk" not in page


def url_of(person: Person) -> str:
    return f"{PEOPLE}{person.pk}/change/"


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def add_people(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        add_appearances(consenting(f"Person {number}", aliases=["Guest"]), 2)


def add_appearances(person: Person, times: int) -> None:
    for number in range(times):
        speaker(transcript(), "Speaker_0", person.name, person=person)
        voiceprint_of(person, blend({Voiceprint.objects.count() % 90: 1.0, 100 + number: 0.5}))
