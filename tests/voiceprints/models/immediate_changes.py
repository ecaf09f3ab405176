"""Changes of rows whose constraints are checked immediately."""

from django.db import connection


def update_now(model: type, field: str, value: object) -> None:
    """Update a row with constraints checked immediately, not at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    model.objects.update(**{field: value})  # type: ignore[attr-defined]


def delete_now(table: str, key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])
