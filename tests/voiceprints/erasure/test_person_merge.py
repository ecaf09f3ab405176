"""Two entries of one person become one."""

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


def test_prints_move(bob: Person, robert: Person) -> None:
    voiceprint_of(bob, axis(0))

    done = merge_people(bob.id, robert.id, actor="desk")

    assert done.prints == 1
    assert Voiceprint.objects.get().person == robert


def test_the_old_name_and_its_aliases_become_aliases(bob: Person, robert: Person) -> None:
    merge_people(bob.id, robert.id, actor="desk")

    kept = Person.objects.get()
    assert (kept.name, kept.aliases) == ("Robert", ["b", "Bob", "Bobby"])
    assert kept.notes == "met in June\n\nmet in May"


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
def test_the_later_word_on_consent_counts(
    given: datetime | None, until: datetime | None, consents: bool
) -> None:
    bob = consenting("Bob", consent_given_at=given, consent_until=until)
    robert = consenting("Robert", consent_given_at=YESTERDAY)

    merge_people(bob.id, robert.id, actor="desk")

    assert Person.objects.get().has_consent() is consents


def test_after_a_no_no_print_is_moved(bob: Person) -> None:
    voiceprint_of(bob, axis(0))
    refused = consenting("Robert", consent_until=timezone.now())

    merge_people(bob.id, refused.id, actor="desk")

    assert not Voiceprint.objects.exists()


def test_after_a_no_neither_voice_is_kept(bob: Person, robert: Person) -> None:
    voiceprint_of(bob, axis(0))
    voiceprint_of(robert, axis(1))
    heard(bob)
    heard(robert)
    Person.objects.filter(pk=robert.pk).update(consent_until=timezone.now())

    merge_people(robert.id, bob.id, actor="desk")

    assert not Voiceprint.objects.exists()
    assert not TranscriptSpeaker.objects.filter(embedding__isnull=False).exists()


def heard(person: Person) -> TranscriptSpeaker:
    """Somebody whose fingerprint a transcript has."""
    space, voice = Space.for_engine(SPACE), axis(0).tolist()
    return speaker(transcript(), "S0", person.name, person=person, space=space, embedding=voice)


def test_a_merge_is_audited(bob: Person, robert: Person) -> None:
    merge_people(bob.id, robert.id, actor="desk")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person_id) == ("merged", robert.id)
    assert entry.detail == {"merged": str(bob.id), "prints": 0, "transcripts": 0}


def test_nobody_is_merged_into_the_same_person(bob: Person) -> None:
    with pytest.raises(ValueError, match="into: expected another person"):
        merge_people(bob.id, bob.id, actor="desk")


def test_nobody_is_merged_into_somebody_who_is_gone(bob: Person) -> None:
    with pytest.raises(PersonNotFound):
        merge_people(bob.id, uuid4(), actor="desk")

    assert Person.objects.get() == bob
