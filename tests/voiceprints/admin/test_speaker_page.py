"""Saying who a speaker is, learning the voice, and naming it elsewhere."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import TRANSCRIPTS, queries_of, somebody_who_may
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

LEARN = {"learn": "on", "consent": "on", "consent_how": "by e-mail"}


def test_suggestions_are_ranked_by_voice(vera: Client) -> None:
    voiceprint_of(consenting("Ben"), blend({0: 0.6, 1: 0.8}))
    voiceprint_of(consenting("Ana"), blend({0: 0.9, 1: 0.1}))

    page = text_of(vera, page_of(unnamed()))

    assert page.index(">Ana<") < page.index(">Ben<")
    assert "0.99" in page
    assert "same voice" in page


def test_a_stranger_is_matched_with_nobody(vera: Client) -> None:
    voiceprint_of(consenting("Ben"), axis(1))

    page = text_of(vera, page_of(unnamed()))

    assert "nobody is near enough" in page
    assert "same voice" not in page


def test_somebody_without_consent_is_not_suggested(vera: Client) -> None:
    ben = consenting("Ben")
    voiceprint_of(ben, axis(0))
    Person.objects.update(consent_until=timezone.now())

    assert ">Ben<" not in text_of(vera, page_of(unnamed()))


def test_looking_for_a_voice_is_audited(vera: Client) -> None:
    vera.get(page_of(unnamed()))

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == ("admin:vera", "identified")


def test_a_page_takes_no_more_queries_for_more_people(vera: Client) -> None:
    stranger = unnamed()
    known(3)
    few = queries_of(vera, page_of(stranger))

    known(27, first=3)

    assert queries_of(vera, page_of(stranger)) == few


def test_a_speaker_is_named_after_a_suggestion(vera: Client) -> None:
    stranger, ben = unnamed(), consenting("Ben")

    vera.post(page_of(stranger), {"who": str(ben.pk)})

    stranger.refresh_from_db()
    assert (stranger.name, stranger.person, stranger.source) == ("Ben", ben, "named_by_hand")
    assert AuditEntry.objects.get().actor == "admin:vera"


def test_a_new_name_makes_a_person(vera: Client) -> None:
    stranger = unnamed()

    vera.post(page_of(stranger), {"who": "new", "name": " Dora  Weiss "})

    assert Person.objects.get().name == "Dora Weiss"
    assert not Voiceprint.objects.exists()


def test_a_known_name_is_that_person_in_whatever_case(vera: Client) -> None:
    stranger, ben = unnamed(), consenting("Ben")

    vera.post(page_of(stranger), {"who": "new", "name": "BEN"})

    stranger.refresh_from_db()
    assert stranger.person == ben


def test_a_voice_is_learned_with_consent(vera: Client) -> None:
    stranger = unnamed()

    vera.post(page_of(stranger), {"who": "new", "name": "Dora", **LEARN})

    dora = Person.objects.get()
    assert (dora.has_consent(), dora.consent_how) == (True, "by e-mail")
    assert Voiceprint.objects.get().person == dora
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "person_created",
        "consent_changed",
        "speaker_named",
        "enrolled",
    ]


def test_a_voice_is_not_learned_without_consent(vera: Client) -> None:
    stranger = unnamed()

    answer = vera.post(page_of(stranger), {"who": "new", "name": "Dora", "learn": "on"})

    assert "only with the consent" in answer.content.decode()
    assert not Person.objects.exists()


def test_how_consent_was_given_is_asked_for(vera: Client) -> None:
    asked = {"who": "new", "name": "Dora", **LEARN, "consent_how": ""}

    answer = vera.post(page_of(unnamed()), asked)

    assert "Write how" in answer.content.decode()


def test_consent_that_ended_is_not_renewed_in_passing(vera: Client) -> None:
    past = timezone.now() - timedelta(hours=1)
    ben = consenting("Ben", consent_until=past)

    answer = vera.post(page_of(unnamed()), {"who": str(ben.pk), **LEARN})

    ben.refresh_from_db()
    assert "has ended" in answer.content.decode()
    assert ben.consent_until == past


def test_a_voice_that_is_somebody_elses_is_named_and_not_learned(vera: Client) -> None:
    stranger, ben = unnamed(), consenting("Ben")
    voiceprint_of(ben, axis(0))

    answer = vera.post(
        page_of(stranger), {"who": "new", "name": "Dora", **LEARN}, follow=True
    ).content.decode()

    assert "already has this voice" in answer
    assert f'/person/{ben.pk}/change/">Ben</a>' in answer
    assert not Voiceprint.objects.exclude(person=ben).exists()


def test_nobody_chosen_is_refused(vera: Client) -> None:
    answer = vera.post(page_of(unnamed()), {"name": ""})

    assert "Choose who this is" in answer.content.decode()


def test_a_speaker_of_another_transcript_is_not_found(vera: Client) -> None:
    stranger = unnamed()

    answer = vera.get(f"{TRANSCRIPTS}{transcript().pk}/speaker/{stranger.pk}/")

    assert answer.status_code == 404


def test_a_viewer_names_nobody(viewer: Client) -> None:
    stranger, ben = unnamed(), consenting("Ben")

    assert viewer.get(page_of(stranger)).status_code == 403
    assert viewer.post(page_of(stranger), {"who": str(ben.pk)}).status_code == 403


def test_who_may_not_add_people_makes_none_by_naming(db: None) -> None:
    client = somebody_who_may("view", "change_transcript")

    answer = client.post(page_of(unnamed()), {"who": "new", "name": "Dora"})

    assert "you may not add people" in answer.content.decode()
    assert not Person.objects.exists()


def test_who_may_not_add_voiceprints_learns_none(db: None) -> None:
    ben, client = consenting("Ben"), somebody_who_may("view", "change")

    client.post(page_of(unnamed()), {"who": str(ben.pk), **LEARN})

    assert not Voiceprint.objects.exists()


def test_the_same_voice_elsewhere_is_listed_before_anything_changes(vera: Client) -> None:
    here, there = unnamed(), unnamed(recording_name="Tuesday")

    page = vera.post(page_of(here), {"who": "new", "name": "Dora"}, follow=True)

    there.refresh_from_db()
    assert "Tuesday" in page.content.decode()
    assert there.name == "Unknown_0"


def test_the_same_voice_is_named_elsewhere_too(vera: Client) -> None:
    here, there = named_here("Dora"), unnamed()

    vera.post(f"{page_of(here)}elsewhere/", {"speaker": [there.pk]})

    there.refresh_from_db()
    assert there.name == "Dora"


def test_only_those_who_were_listed_are_named(vera: Client) -> None:
    here = named_here("Dora")
    other_voice = unnamed(vector=1)

    vera.post(f"{page_of(here)}elsewhere/", {"speaker": [other_voice.pk, "x"]})

    other_voice.refresh_from_db()
    assert other_voice.name == "Unknown_0"


def test_a_viewer_names_nobody_elsewhere(viewer: Client) -> None:
    here = named_here("Dora")

    assert viewer.post(f"{page_of(here)}elsewhere/", {}).status_code == 403


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


def named_here(name: str) -> TranscriptSpeaker:
    here = unnamed()
    here.person = consenting(name)
    here.name, here.source = name, "named_by_hand"
    here.save()
    return here


def known(count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        voiceprint_of(consenting(f"Person {number}"), blend({0: 1.0, number + 1: 1.0}))


def page_of(one: TranscriptSpeaker) -> str:
    return f"{TRANSCRIPTS}{one.transcript_id}/speaker/{one.pk}/"


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()
