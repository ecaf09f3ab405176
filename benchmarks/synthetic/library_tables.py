"""Bulk loading of the library's tables in a separate database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, models
from django.utils import timezone
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg.types.json import Jsonb

from benchmarks import with_library  # noqa: F401 — before the models
from benchmarks.synthetic.voice_library import Vectors
from voiceprints.models import Person, Space, Voiceprint

NAME = "library_speed"
# Columns and their types in COPY.
VOICEPRINT = {
    **{"id": "uuid", "person_id": "uuid", "space_id": "int8", "vector": "vector"},
    **{"source": "text", "quality": "jsonb", "sample": "text", "created_by": "text"},
}


@contextmanager
def own_database() -> Iterator[None]:
    """Create empty tables in a new database, and drop it afterwards."""
    given = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        connection.ensure_connection()
        register_vector(connection.connection)
        # As an operator would: the default is too small for an index of 100,000 vectors.
        execute("SET maintenance_work_mem = '512MB'")
        yield
    finally:
        connection.creation.destroy_test_db(given, verbosity=0)


def execute(statement: str) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def store_people(names: Iterable[str]) -> list[Person]:
    """Store people with consent."""
    now = timezone.now()
    willing = [Person(name=name, consent_given_at=now) for name in names]
    return Person.objects.bulk_create(willing, batch_size=1000)


def store_voiceprints(
    numbers: Iterable[int], people: Sequence[Person], vectors: Vectors, space: Space
) -> None:
    """Store one voiceprint for each of these people in one COPY; the numbers are identifiers."""
    rows = (
        (UUID(int=number), one.id, space.pk, vector, "enrolment", Jsonb({}), "", "benchmark")
        for number, one, vector in zip(numbers, people, vectors, strict=True)
    )
    copy(Voiceprint, VOICEPRINT, rows)


def replace_vectors(numbers: Iterable[int], vectors: Vectors) -> None:
    """Update the embedding of each of these voiceprints, by number."""
    rows = zip(vectors.tolist(), numbers, strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE voiceprints_voiceprint SET vector = %s WHERE id = %s",
            [(str(vector), UUID(int=int(number))) for vector, number in rows],
        )


def copy(
    model: type[models.Model], columns: Mapping[str, str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Send rows in one binary COPY."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copying:
        copying.set_types(list(columns.values()))
        for row in rows:
            copying.write_row(row)


def build_index(model: type[models.Model], name: str) -> None:
    """Build one of a model's indexes."""
    with connection.schema_editor() as editor:
        editor.add_index(model, _index(model, name))


def drop_index(model: type[models.Model], name: str) -> None:
    """Drop one of a model's indexes."""
    with connection.schema_editor() as editor:
        editor.remove_index(model, _index(model, name))


def _index(model: type[models.Model], name: str) -> models.Index:
    found: models.Index = next(index for index in model._meta.indexes if index.name == name)
    return found
