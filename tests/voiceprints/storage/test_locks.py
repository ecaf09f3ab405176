"""Tests of the row locks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.voiceprints.people import transcript
from voiceprints.storage.locks import lock_transcripts

pytestmark = pytest.mark.django_db


def test_transcripts_are_locked_without_their_results() -> None:
    stored = transcript(result={"segments": []})

    with CaptureQueriesContext(connection) as asked:
        [locked] = lock_transcripts([stored.pk])

    assert "FOR UPDATE" in asked[0]["sql"]
    assert '"result"' not in asked[0]["sql"]
    assert locked.result == {"segments": []}
