"""Tests of merging two entries of one person."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.voiceprints.people import SPACE, axis, consenting, speaker, transcript, voiceprint_of
from voiceprints.erasure.person_merge import merge_people
from voiceprints.models import AuditEntry, Person, Space, TranscriptSpeaker, Voiceprint
from voiceprints.storage.locks import PersonNotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> Person:
    return consenting("Bob", aliases=["Bobby", "B"], notes="met in May")


@pytest.fixture
def robert() -> Person:
    return consenting("Robert", aliases=["b"], notes="met in June")


def test_voiceprints_move(bob: Person, robert: Person) -> None:
    voiceprint_of(bob, axis(0))

    done = merge_people(bob.id, robert.id, actor="desk")

    assert done.voiceprints == 1
    assert Voiceprint.objects.get().person == robert


def test_the_old_name_and_its_aliases_become_aliases(bob: Person, robert: Person) -> None:
    merge_people(bob.id, robert.id, actor="desk")

    stored = Person.objects.get()
    assert (stored.name, stored.aliases) == ("Robert", ["b", "Bob", "Bobby"])
    assert stored.notes == "met in June\n\nmet in May"


def test_transcripts_show_the_name_that_remains(bob: Person, robert: Person) -> None:
    meeting = transcript()
    speaker(meeting, "S0", "Bob", person=bob)

    assert merge_people(bob.id, robert.id, actor="desk").transcripts == 1

    shown = meeting.speakers.get()
    assert (shown.name, shown.person) == ("Robert", robert)


NOW = timezone.now()
YESTERDAY, LAST_WEEK, LAST_YEAR = (NOW - timedelta(days=days) for days in (1, 7, 365))


@pytest.mark.parametrize(
    ("given", "until", "consents"),
    [
        (None, None, True),
        (LAST_YEAR, LAST_WEEK, True),
        (LAST_YEAR, NOW, False),
        (YESTERDAY, None, True),
    ],
)
def test_the_later_decision_on_consent_counts(
    given: datetime | None, until: datetime | None, consents: bool
) -> None:
    bob = consenting("Bob", consent_given_at=given, consent_until=until)
    robert = consenting("Robert", consent_given_at=YESTERDAY)

    merge_people(bob.id, robert.id, actor="desk")

    assert Person.objects.get().has_consent() is consents


def test_after_consent_ended_no_voiceprint_moves(bob: Person) -> None:
    voiceprint_of(bob, axis(0))
    refused = consenting("Robert", consent_until=timezone.now())

    merge_people(bob.id, refused.id, actor="desk")

    assert not Voiceprint.objects.exists()


def test_after_consent_ended_both_voices_are_erased(bob: Person, robert: Person) -> None:
    voiceprint_of(bob, axis(0))
    voiceprint_of(robert, axis(1))
    speaker_with_embedding(bob)
    speaker_with_embedding(robert)
    Person.objects.filter(pk=robert.pk).update(consent_until=timezone.now())

    merge_people(robert.id, bob.id, actor="desk")

    assert not Voiceprint.objects.exists()
    assert not TranscriptSpeaker.objects.filter(embedding__isnull=False).exists()


def speaker_with_embedding(person: Person) -> TranscriptSpeaker:
    """Create a speaker of this person with an embedding."""
    space, voice = Space.for_engine(SPACE), axis(0).tolist()
    return speaker(transcript(), "S0", person.name, person=person, space=space, embedding=voice)


def test_a_merge_is_audited(bob: Person, robert: Person) -> None:
    merge_people(bob.id, robert.id, actor="desk")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person_id) == ("merged", robert.id)
    assert entry.detail == {"merged": str(bob.id), "prints": 0, "transcripts": 0}


def test_a_person_is_not_merged_into_itself(bob: Person) -> None:
    with pytest.raises(ValueError, match="into: expected another person"):
        merge_people(bob.id, bob.id, actor="desk")


def test_a_person_is_not_merged_into_a_missing_person(bob: Person) -> None:
    with pytest.raises(PersonNotFound):
        merge_people(bob.id, uuid4(), actor="desk")

    assert Person.objects.get() == bob
