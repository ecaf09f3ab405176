"""The library comes back from `pg_dump` and `pg_restore` as it was.

Both programs come with the private Postgres; where that is not installed, these tests fail and
say so.
"""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from psycopg import Connection, sql

from spark_control.laptop.postgres_account import PROGRAMS, find_wheel
from tests.voiceprints.people import (
    SPACE,
    axis,
    blend,
    consenting,
    speaker,
    transcript,
    voiceprint_of,
)
from voiceprints.models import Block, Person, Space, audit
from voiceprints.models.audit import Action
from voiceprints.models.search_lexemes import lexeme_query

pytestmark = pytest.mark.django_db(transaction=True)

RESTORED = "restored_library"
# As the database itself spells them. A CHECK is spelt otherwise once it was read back, so its name
# has to do.
ROWS = "SELECT whole::text FROM {} AS whole ORDER BY 1"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
RULES = """
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'voiceprints%'
UNION SELECT pg_get_indexdef(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace
UNION SELECT concat_ws(' ', conrelid::regclass, conname, contype, convalidated)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1
"""


@pytest.fixture
def library(transactional_db: None) -> Person:
    """A row of every kind, and a person with expired consent and a voiceprint not purged yet."""
    ana, ben = consenting("Ana Ruiz", aliases=["Ani"], notes="Room 4"), consenting("Ben")
    voiceprint_of(ana, blend({0: 0.8, 1: 0.6}))
    voiceprint_of(ben, axis(2))
    Person.objects.filter(pk=ben.pk).update(consent_until=timezone.now() - timedelta(hours=1))
    met = transcript(recording_name="Montag.flac", result={"speakers": [], "text": "¿Qué tal?"})
    voice = {"embedding": axis(1).tolist(), "space": Space.for_engine(SPACE), "person": ana}
    spoken = speaker(met, "Speaker_0", "Ana Ruiz", **voice)
    spoken_by = {"transcript": met, "speaker": spoken, "start_ms": 0, "end_ms": 900}
    Block.objects.create(position=0, text="Grüße, ¿qué tal?", **spoken_by)
    audit.record("desk", Action.ENROLLED, person=ana.id)
    return ana


@pytest.fixture
def restored(library: Person, tmp_path: Path) -> Iterator[Connection]:
    """A restored backup of the library, in its own database."""
    dump = tmp_path / "library.dump"
    postgres("pg_dump", "--format=custom", f"--file={dump}", connection.settings_dict["NAME"])
    with connected("postgres") as server:
        server.execute(f"DROP DATABASE IF EXISTS {RESTORED}")
        server.execute(f"CREATE DATABASE {RESTORED} TEMPLATE template0")
        postgres("pg_restore", "--exit-on-error", f"--dbname={RESTORED}", str(dump))
        with connected(RESTORED) as copy:
            yield copy
        server.execute(f"DROP DATABASE {RESTORED}")


def test_every_row_of_every_table_comes_back(restored: Connection) -> None:
    with connected(connection.settings_dict["NAME"]) as original:
        before = rows(original)

    assert rows(restored) == before
    assert len(before["voiceprints_voiceprint"]) == 2


def test_triggers_constraints_and_indexes_come_back(restored: Connection) -> None:
    with connected(connection.settings_dict["NAME"]) as original:
        before = original.execute(RULES).fetchall()

    assert restored.execute(RULES).fetchall() == before
    assert any("audit_is_append_only" in rule for (rule,) in before)


def test_the_audit_of_a_restored_library_cannot_be_edited(restored: Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        restored.execute("DELETE FROM voiceprints_auditentry")


def test_a_restored_library_refuses_a_voiceprint_without_consent(restored: Connection) -> None:
    again = "UPDATE voiceprints_voiceprint SET person_id = person_id"

    with pytest.raises(psycopg.errors.CheckViolation, match="consent"):
        restored.execute(again)


def test_a_restored_library_continues_its_row_numbers(restored: Connection) -> None:
    entry = "INSERT INTO voiceprints_auditentry (actor, action, detail) VALUES (%s, %s, '{}')"

    restored.execute(entry, ["desk", "identified"])

    assert restored.execute("SELECT count(*) FROM voiceprints_auditentry").fetchone() == (2,)


def test_words_and_voices_are_found_in_a_restored_library(
    restored: Connection, library: Person
) -> None:
    spoken_by = "SELECT text FROM voiceprints_block WHERE search @@ %s::tsquery"
    nearest = "SELECT person_id FROM voiceprints_voiceprint ORDER BY vector <=> %s::vector LIMIT 1"

    assert restored.execute(spoken_by, [lexeme_query("grüße")]).fetchall() == [
        ("Grüße, ¿qué tal?",)
    ]
    assert restored.execute(nearest, [str(axis(0).tolist())]).fetchone() == (library.id,)


def rows(database: Connection) -> dict[str, list[tuple[str]]]:
    return {
        table: database.execute(sql.SQL(ROWS).format(sql.Identifier(table))).fetchall()
        for (table,) in database.execute(TABLES)
    }


def connected(database: str) -> Connection:
    at = connection.settings_dict
    return psycopg.connect(
        host=at["HOST"],
        port=at["PORT"],
        user=at["USER"],
        password=at["PASSWORD"],
        dbname=database,
        autocommit=True,
    )


def postgres(program: str, *arguments: str) -> None:
    at = connection.settings_dict
    where = {"PGHOST": at["HOST"], "PGPORT": str(at["PORT"]), "PGUSER": at["USER"]}
    subprocess.run(
        [str(find_wheel() / PROGRAMS / "bin" / program), *arguments],
        check=True,
        env={**os.environ, **where, "PGPASSWORD": at["PASSWORD"]},
    )
