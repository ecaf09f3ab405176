"""A lock on the library's tables, for tests that must not query them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

TABLES = (
    "voiceprints_person, voiceprints_voiceprint, voiceprints_space, voiceprints_transcript, "
    "voiceprints_transcriptspeaker, voiceprints_block, voiceprints_auditentry"
)


@contextmanager
def tables_out_of_reach() -> Iterator[None]:
    """Lock the library's tables: every query of them fails within a second."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE")
        yield
