"""What waits for a person, on the admin's home."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.voiceprints.admin.conftest import TRANSCRIPTS, user_with_permissions
from tests.voiceprints.admin.test_jobs import failed
from tests.voiceprints.corrections.meetings import store_meeting
from tests.voiceprints.people import axis, consenting, voiceprint_of

pytestmark = pytest.mark.django_db
HOME = "/admin/"


def test_the_home_counts_what_waits_and_links_to_it(vera: Client) -> None:
    ana, ben = consenting("Ana"), consenting("Ben", consent_until=soon())
    for person, axes in ((ana, (0, 1)), (ben, (2, 1))):
        for number in axes:
            voiceprint_of(person, axis(number))
    failed("No speech.")
    meeting = store_meeting()
    meeting.speakers.update(source="unmatched", person=None)

    page = vera.get(HOME).content.decode()

    assert f"<strong>{meeting.speakers.count()}</strong> speakers without a name" in page
    assert "doubtful voiceprint" in page
    assert "<strong>1</strong> job failed in the last 7 days" in page
    assert "<strong>1</strong> consent ending within 30 days" in page
    assert str(meeting.pk) in vera.get(f"{TRANSCRIPTS}?names=missing").content.decode()
    assert "Ben" in vera.get("/admin/voiceprints/person/?consent=ending").content.decode()


def test_a_user_sees_only_what_may_be_seen() -> None:
    failed("No speech.")

    page = user_with_permissions("view_person").get(HOME).content.decode()

    assert "failed in the last" not in page
    assert "Nothing: no speaker without a name" in page


def soon() -> object:
    return timezone.now() + timedelta(days=9)
