"""The index of voiceprints, as tests of searches need it."""

import pytest
from django.db import connection


@pytest.fixture
def index_without_dead_rows(db: None) -> None:
    """Rebuild the index, whose graph still contains rows that earlier tests rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("REINDEX INDEX voiceprint_by_likeness")
