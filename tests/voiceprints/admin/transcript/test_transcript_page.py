"""The page of a transcript as the server sends it, without its script."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from tests.voiceprints.admin.conftest import TRANSCRIPTS, user_with_permissions
from tests.voiceprints.corrections.meetings import store_meeting
from voiceprints.models import AuditEntry, Transcript


@pytest.fixture
def meeting(db: None) -> Transcript:
    """Store a meeting whose words are less certain from one to the next, from 1.0 on."""
    return store_meeting([("Ana", "Good <b>morning</b> to all of you, and to you.")])


def doubtful_words(client: Client, meeting: Transcript) -> list[str]:
    page = client.get(f"{TRANSCRIPTS}{meeting.pk}/change/").content.decode()
    return re.findall(r'<span class="doubt"[^>]*>([^<]*)</span>', page)


def test_words_of_low_confidence_are_marked(
    vera: Client, meeting: Transcript, settings: Settings
) -> None:
    settings.DOUBTFUL_CONFIDENCE = 0.35

    assert doubtful_words(vera, meeting) == ["to", "you."]


def test_no_word_is_marked_below_zero(
    vera: Client, meeting: Transcript, settings: Settings
) -> None:
    settings.DOUBTFUL_CONFIDENCE = 0.0

    assert doubtful_words(vera, meeting) == []


def test_markup_in_a_doubtful_word_is_text(
    vera: Client, meeting: Transcript, settings: Settings
) -> None:
    settings.DOUBTFUL_CONFIDENCE = 1.0

    assert "&lt;b&gt;morning&lt;/b&gt;" in doubtful_words(vera, meeting)


def test_the_part_for_the_script_is_the_desk_alone_and_is_audited(
    vera: Client, meeting: Transcript
) -> None:
    part = vera.get(f"{TRANSCRIPTS}{meeting.pk}/desk/").content.decode()

    assert 'id="desk"' in part
    assert "<html" not in part
    assert AuditEntry.objects.get(action="transcript_read").transcript_id == meeting.pk


def test_the_part_of_a_missing_transcript_is_not_found(vera: Client) -> None:
    assert vera.get(f"{TRANSCRIPTS}{uuid4()}/desk/").status_code == 404


def test_the_part_is_forbidden_without_permission(meeting: Transcript) -> None:
    answer = user_with_permissions("view_person").get(f"{TRANSCRIPTS}{meeting.pk}/desk/")

    assert answer.status_code == 403
    assert "Good" not in answer.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "2"])
def test_a_page_that_does_not_exist_is_the_nearest_one(
    vera: Client, meeting: Transcript, page: str
) -> None:
    answer = vera.get(f"{TRANSCRIPTS}{meeting.pk}/change/?page={page}")

    assert 'id="block-0"' in answer.content.decode()
