"""Forgetting, and merging, from the admin."""

from django.test import Client

from tests.voiceprints.admin.conftest import PEOPLE, somebody_who_may
from tests.voiceprints.people import axis, consenting, print_of, speaker, transcript
from voiceprints.models import AuditEntry, Person, TranscriptSpeaker, Voiceprint

RESULT = {"speakers": [{"cluster": "Speaker_0", "name": "Ana"}], "segments": []}


def test_forgetting_is_asked_for_first(vera: Client) -> None:
    ana = consenting("Ana")

    page = vera.get(f"{PEOPLE}{ana.pk}/delete/").content.decode()

    assert "This cannot be undone" in page
    assert Person.objects.exists()


def test_who_is_forgotten_leaves_another_name_and_no_print(vera: Client) -> None:
    ana = heard("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": "The carpenter"})

    assert not Person.objects.exists()
    assert not Voiceprint.objects.exists()
    assert TranscriptSpeaker.objects.get().name == "The carpenter"


def test_forgetting_is_audited_under_the_admins_name(vera: Client) -> None:
    ana = heard("Ana")

    vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": ""})

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.person_id) == ("admin:vera", "forgotten", ana.pk)


def test_a_replacement_with_the_same_name_is_refused(vera: Client) -> None:
    ana = heard("Ana")

    answer = vera.post(f"{PEOPLE}{ana.pk}/delete/", {"replacement": "Our Ana"})

    assert "Expected another name" in answer.content.decode()
    assert Person.objects.exists()


def test_the_bulk_action_forgets_too(vera: Client) -> None:
    ana, ben = heard("Ana"), heard("Ben")
    chosen = {"action": "delete_selected", "_selected_action": [ana.pk, ben.pk], "post": "yes"}

    vera.post(PEOPLE, chosen)

    assert not Person.objects.exists()
    assert AuditEntry.objects.filter(action="forgotten").count() == 2
    assert not TranscriptSpeaker.objects.filter(name__in=["Ana", "Ben"]).exists()


def test_a_viewer_forgets_nobody(viewer: Client) -> None:
    ana = heard("Ana")

    assert viewer.post(f"{PEOPLE}{ana.pk}/delete/").status_code == 403
    assert Person.objects.exists()


def test_merging_moves_prints_and_keeps_the_old_name_as_an_alias(vera: Client) -> None:
    annie, ana = heard("Annie"), consenting("Ana")

    vera.post(f"{PEOPLE}{annie.pk}/merge/", {"into": str(ana.pk)})

    stays = Person.objects.get()
    assert (stays.name, stays.aliases) == ("Ana", ["Annie"])
    assert Voiceprint.objects.get().person == stays
    assert AuditEntry.objects.get().actor == "admin:vera"


def test_merging_offers_people_who_sound_alike(vera: Client) -> None:
    annie, ana = heard("Annie"), heard("Ana")

    page = vera.get(f"{PEOPLE}{annie.pk}/merge/").content.decode()

    assert "Similar voices" in page
    assert page.count(f'value="{ana.pk}"') == 2


def test_merging_finds_people_by_alias(vera: Client) -> None:
    annie = consenting("Annie")
    consenting("Ana", aliases=["The boss"])
    consenting("Ben")

    page = vera.get(f"{PEOPLE}{annie.pk}/merge/?q=boss").content.decode()

    assert "> Ana" in page
    assert "> Ben" not in page


def test_merging_with_nobody_is_refused(vera: Client) -> None:
    annie = consenting("Annie")

    answer = vera.post(f"{PEOPLE}{annie.pk}/merge/", {})

    assert "Choose who this person is" in answer.content.decode()


def test_merging_needs_the_permission_to_delete(db: None) -> None:
    annie, ana = consenting("Annie"), consenting("Ana")
    client = somebody_who_may("view", "change")

    answer = client.post(f"{PEOPLE}{annie.pk}/merge/", {"into": str(ana.pk)})

    assert answer.status_code == 403
    assert Person.objects.count() == 2


def heard(name: str) -> Person:
    person = consenting(name)
    print_of(person, axis(0))
    speaker(transcript(result=RESULT), "Speaker_0", name, person=person)
    return person
