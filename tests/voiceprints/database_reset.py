"""The flush of the test database, except for rows that migrations create."""

from django.core.management.color import Style
from django.db.backends.base.base import BaseDatabaseWrapper

# Content types and permissions follow from the code alone.
PERMANENT_TABLES = {"django_content_type", "auth_permission"}


def truncate_statements(style: Style, connection: BaseDatabaseWrapper, **_how: bool) -> list[str]:
    """Return the SQL statements that replace those of `flush`."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return connection.ops.sql_flush(style, sorted(set(tables) - PERMANENT_TABLES))
