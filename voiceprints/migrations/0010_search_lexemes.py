"""Lexemes that the product makes, instead of those of Postgres' parser."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from voiceprints.models.search_lexemes import lexeme_vector

BATCH = 2_000


def fill(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the lexemes of all blocks."""
    blocks = apps.get_model("voiceprints", "Block").objects.exclude(text="")
    rows = blocks.order_by("pk").values_list("pk", "text").iterator(BATCH)
    with editor.connection.cursor() as cursor:
        for batch in _batches(rows):
            cursor.execute(
                "UPDATE voiceprints_block SET search = made.search FROM "
                "unnest(%s::bigint[], %s::tsvector[]) AS made(id, search) "
                "WHERE voiceprints_block.id = made.id",
                [[key for key, _ in batch], [lexeme_vector(text) for _, text in batch]],
            )


def _batches(rows: Iterator[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class Migration(migrations.Migration):
    dependencies = [("voiceprints", "0009_field_names")]

    operations = [
        migrations.RemoveIndex(model_name="block", name="block_by_words"),
        migrations.RemoveField(model_name="block", name="search"),
        migrations.AddField(
            model_name="block",
            name="search",
            field=django.contrib.postgres.search.SearchVectorField(db_default="", editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="block",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="block_by_words"
            ),
        ),
    ]
