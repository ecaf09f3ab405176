"""No page uses a stored voice whose consent has ended."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import PEOPLE, TRANSCRIPTS, VOICEPRINTS
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
    """Enrol Ana, whose voice is similar to Ben's, and withdraw her consent."""
    ana = consenting("Ana")
    voiceprint_of(ana, axis(0))
    voiceprint_of(consenting("Ben"), blend({0: 0.6, 1: 0.8}))
    appearance = in_a_transcript("Ana", ana)
    in_a_transcript("Unknown_0")
    Person.objects.filter(pk=ana.pk).update(consent_until=timezone.now())
    return appearance


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


def url_of(appearance: TranscriptSpeaker) -> str:
    return f"{TRANSCRIPTS}{appearance.transcript_id}/speaker/{appearance.pk}/"


def test_the_voice_has_no_candidates(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    assert ">Ben<" not in vera.get(url_of(withdrawn)).text


def test_the_voice_is_not_listed_in_other_transcripts(
    vera: Client, withdrawn: TranscriptSpeaker
) -> None:
    assert vera.get(f"{url_of(withdrawn)}elsewhere/").status_code == 302


def test_the_voice_is_not_named_in_other_transcripts(
    vera: Client, withdrawn: TranscriptSpeaker
) -> None:
    unknown = TranscriptSpeaker.objects.get(name="Unknown_0")

    vera.post(f"{url_of(withdrawn)}elsewhere/", {"speaker": str(unknown.pk)})

    assert TranscriptSpeaker.objects.filter(name="Unknown_0").exists()


def test_no_merge_is_proposed_by_voice(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    page = vera.get(f"{PEOPLE}{withdrawn.person_id}/merge/")

    assert page.context["similar"] == []


def test_the_voiceprints_are_not_compared(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    shown = vera.get(f"{PEOPLE}{withdrawn.person_id}/change/").context["page"]

    assert [(one.similarity.own, one.other) for one in shown.voiceprints] == [(None, None)]


def test_other_voiceprints_are_not_compared_with_them(
    vera: Client, withdrawn: TranscriptSpeaker
) -> None:
    ben = Person.objects.get(name="Ben")

    shown = vera.get(f"{PEOPLE}{ben.pk}/change/").context["page"]

    assert [one.other for one in shown.voiceprints] == [None]


def test_the_map_does_not_show_them(vera: Client, withdrawn: TranscriptSpeaker) -> None:
    plot = vera.get(VOICEPRINTS).context["plot"]

    assert [point.voiceprint.person.name for point in plot.points] == ["Ben"]
