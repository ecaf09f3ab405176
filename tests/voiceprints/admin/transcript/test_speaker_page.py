"""The pages that name a speaker, enrol the voice, and name it in other transcripts."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import TRANSCRIPTS, count_queries, user_with_permissions
from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from voiceprints.models import AuditEntry, Person, Space, TranscriptSpeaker, Voiceprint

ENROL = {"enrol": "on", "consent": "on", "consent_how": "by e-mail"}


def test_candidates_are_ranked_by_voice(vera: Client) -> None:
    voiceprint_of(consenting("Ben"), blend({0: 0.6, 1: 0.8}))
    voiceprint_of(consenting("Ana"), blend({0: 0.9, 1: 0.1}))

    page = text_of(vera, url_of(unnamed()))

    assert page.index(">Ana<") < page.index(">Ben<")
    assert "0.99" in page
    assert "same voice" in page


def test_an_unknown_voice_has_no_match(vera: Client) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    page = text_of(vera, url_of(unnamed()))

    assert "No known voice is similar to this one." in page
    assert "same voice" not in page


def test_a_person_without_consent_is_not_suggested(vera: Client) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))
    Person.objects.update(consent_until=timezone.now())

    assert ">Ben<" not in text_of(vera, url_of(unnamed()))


def test_an_identification_is_audited(vera: Client) -> None:
    vera.get(url_of(unnamed()))

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == ("admin:vera", "identified")


def test_a_page_takes_no_more_queries_for_more_people(vera: Client) -> None:
    unknown = unnamed()
    enrol_people(3)
    few = count_queries(vera, url_of(unknown))

    enrol_people(27, first=3)

    assert count_queries(vera, url_of(unknown)) == few


def test_a_speaker_gets_the_name_of_a_candidate(vera: Client) -> None:
    unknown, ben = unnamed(), consenting("Ben")

    vera.post(url_of(unknown), {"who": str(ben.pk)})

    unknown.refresh_from_db()
    assert (unknown.name, unknown.person, unknown.source) == (
        "Ben",
        ben,
        "named_by_hand",
    )
    assert AuditEntry.objects.get().actor == "admin:vera"


def test_a_new_name_adds_a_person(vera: Client) -> None:
    unknown = unnamed()

    vera.post(url_of(unknown), {"who": "new", "name": " Dora  Weiss "})

    assert Person.objects.get().name == "Dora Weiss"
    assert not Voiceprint.objects.exists()


def test_a_known_name_is_found_regardless_of_case(vera: Client) -> None:
    unknown, ben = unnamed(), consenting("Ben")

    vera.post(url_of(unknown), {"who": "new", "name": "BEN"})

    unknown.refresh_from_db()
    assert unknown.person == ben


def test_a_voice_is_enrolled_with_consent(vera: Client) -> None:
    unknown = unnamed()

    vera.post(url_of(unknown), {"who": "new", "name": "Dora", **ENROL})

    dora = Person.objects.get()
    assert (dora.has_consent(), dora.consent_how) == (True, "by e-mail")
    assert Voiceprint.objects.get().person == dora
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "person_created",
        "consent_changed",
        "speaker_named",
        "enrolled",
    ]


def test_a_voice_is_not_enrolled_without_consent(vera: Client) -> None:
    unknown = unnamed()

    answer = vera.post(url_of(unknown), {"who": "new", "name": "Dora", "enrol": "on"})

    assert "needs the person&#x27;s consent" in answer.content.decode()
    assert not Person.objects.exists()


def test_how_consent_was_given_is_required(vera: Client) -> None:
    form = {"who": "new", "name": "Dora", **ENROL, "consent_how": ""}

    answer = vera.post(url_of(unnamed()), form)

    assert "Enter how consent was given" in answer.content.decode()


def test_ended_consent_is_not_renewed_by_naming(vera: Client) -> None:
    past = timezone.now() - timedelta(hours=1)
    ben = consenting("Ben", consent_until=past)

    answer = vera.post(url_of(unnamed()), {"who": str(ben.pk), **ENROL})

    ben.refresh_from_db()
    assert "has ended" in answer.content.decode()
    assert ben.consent_until == past


def test_a_voice_of_another_person_is_named_but_not_enrolled(vera: Client) -> None:
    unknown, ben = unnamed(), consenting("Ben")
    voiceprint_of(ben, axis(0))

    answer = vera.post(
        url_of(unknown), {"who": "new", "name": "Dora", **ENROL}, follow=True
    ).content.decode()

    assert "already has this voice" in answer
    assert f'/person/{ben.pk}/change/">Ben</a>' in answer
    assert not Voiceprint.objects.exclude(person=ben).exists()


def test_a_form_without_a_choice_is_refused(vera: Client) -> None:
    answer = vera.post(url_of(unnamed()), {"name": ""})

    assert "Choose who this is" in answer.content.decode()


def test_a_speaker_of_another_transcript_is_not_found(vera: Client) -> None:
    unknown = unnamed()

    answer = vera.get(f"{TRANSCRIPTS}{transcript().pk}/speaker/{unknown.pk}/")

    assert answer.status_code == 404


def test_a_viewer_cannot_name_a_speaker(viewer: Client) -> None:
    unknown, ben = unnamed(), consenting("Ben")

    assert viewer.get(url_of(unknown)).status_code == 403
    assert viewer.post(url_of(unknown), {"who": str(ben.pk)}).status_code == 403


def test_naming_adds_no_person_without_permission(db: None) -> None:
    client = user_with_permissions("view", "change_transcript")

    answer = client.post(url_of(unnamed()), {"who": "new", "name": "Dora"})

    assert "do not have permission to add people" in answer.content.decode()
    assert not Person.objects.exists()


def test_naming_enrols_no_voice_without_permission(db: None) -> None:
    ben, client = consenting("Ben"), user_with_permissions("view", "change")

    client.post(url_of(unnamed()), {"who": str(ben.pk), **ENROL})

    assert not Voiceprint.objects.exists()


def test_the_same_voice_in_other_transcripts_is_listed_before_a_change(vera: Client) -> None:
    here, there = unnamed(), unnamed(recording_name="Tuesday")

    page = vera.post(url_of(here), {"who": "new", "name": "Dora"}, follow=True)

    there.refresh_from_db()
    assert "Tuesday" in page.content.decode()
    assert there.name == "Unknown_0"


def test_the_same_voice_is_named_in_other_transcripts(vera: Client) -> None:
    here, there = named_speaker("Dora"), unnamed()

    vera.post(f"{url_of(here)}elsewhere/", {"speaker": [there.pk]})

    there.refresh_from_db()
    assert there.name == "Dora"


def test_only_listed_speakers_are_named(vera: Client) -> None:
    here = named_speaker("Dora")
    other_voice = unnamed(vector=1)

    vera.post(f"{url_of(here)}elsewhere/", {"speaker": [other_voice.pk, "x"]})

    other_voice.refresh_from_db()
    assert other_voice.name == "Unknown_0"


def test_a_viewer_cannot_name_speakers_of_other_transcripts(viewer: Client) -> None:
    here = named_speaker("Dora")

    assert viewer.post(f"{url_of(here)}elsewhere/", {}).status_code == 403


def unnamed(*, vector: int = 0, **fields: object) -> TranscriptSpeaker:
    return speaker(
        transcript(**fields),
        "Speaker_0",
        "Unknown_0",
        source="unmatched",
        embedding=list(axis(vector)),
        space=Space.for_engine(SPACE),
        speech_s=20.0,
    )


def named_speaker(name: str) -> TranscriptSpeaker:
    here = unnamed()
    here.person = consenting(name)
    here.name, here.source = name, "named_by_hand"
    here.save()
    return here


def enrol_people(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        voiceprint_of(consenting(f"Person {number}"), blend({0: 1.0, number + 1: 1.0}))


def url_of(one: TranscriptSpeaker) -> str:
    return f"{TRANSCRIPTS}{one.transcript_id}/speaker/{one.pk}/"


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()
