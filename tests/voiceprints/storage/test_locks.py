"""What is taken, and in which order?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.voiceprints.people import transcript
from voiceprints.storage.locks import lock_transcripts

pytestmark = pytest.mark.django_db


def test_transcripts_are_locked_without_reading_their_results() -> None:
    kept = transcript(result={"segments": []})

    with CaptureQueriesContext(connection) as asked:
        [locked] = lock_transcripts([kept.pk])

    assert "FOR UPDATE" in asked[0]["sql"]
    assert '"result"' not in asked[0]["sql"]
    assert locked.result == {"segments": []}
