"""Consent that ended while a voice is still stored: no page uses it."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import PEOPLE, PRINTS, TRANSCRIPTS
from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from voiceprints.models import Person, Space, TranscriptSpeaker


@pytest.fixture
def withdrawn(db: None) -> TranscriptSpeaker:
    """Ana, who sounds a little like Ben and was heard and enrolled, and said no since."""
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(consenting("Ben"), blend({0: 0.6, 1: 0.8}))
    heard = in_a_transcript("Ana", ana)
    in_a_transcript("Unknown_0")
    Person.objects.filter(pk=ana.pk).update(consent_until=timezone.now())
    return heard


def in_a_transcript(name: str, person: Person | None = None) -> TranscriptSpeaker:
    return speaker(
        transcript(),
        "Speaker_0",
        name,
        person=person,
        source="unmatched" if person is None else "visual",
        embedding=axis(0).tolist(),
        space=Space.for_engine(SPACE),
    )


def page_of(heard: TranscriptSpeaker) -> str:
    return f"{TRANSCRIPTS}{heard.transcript_id}/speaker/{heard.pk}/"


def test_nobody_is_suggested_for_the_voice(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    assert ">Ben<" not in vera.get(page_of(withdrawn)).text


def test_the_voice_is_not_listed_elsewhere(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    assert vera.get(f"{page_of(withdrawn)}elsewhere/").status_code == 302


def test_the_voice_is_not_named_elsewhere(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    stranger = TranscriptSpeaker.objects.get(name="Unknown_0")

    vera.post(f"{page_of(withdrawn)}elsewhere/", {"speaker": str(stranger.pk)})

    assert TranscriptSpeaker.objects.filter(name="Unknown_0").exists()


def test_nobody_is_proposed_for_a_merge_by_voice(
    vera: Client, withdrawn: TranscriptSpeaker
) -> None:
    page = vera.get(f"{PEOPLE}{withdrawn.person_id}/merge/")

    assert page.context["alike"] == []


def test_prints_are_compared_with_nobody(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    shown = vera.get(f"{PEOPLE}{withdrawn.person_id}/change/").context["page"]

    assert [(one.likeness.own, one.other) for one in shown.prints] == [(None, None)]


def test_nobodys_prints_are_compared_with_them(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    ben = Person.objects.get(name="Ben")

    shown = vera.get(f"{PEOPLE}{ben.pk}/change/").context["page"]

    assert [one.other for one in shown.prints] == [None]


def test_the_map_does_not_show_them(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    plot = vera.get(PRINTS).context["plot"]

    assert [point.print.person.name for point in plot.points] == ["Ben"]
