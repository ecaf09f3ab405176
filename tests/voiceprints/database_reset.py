"""Emptying the tests' database of all but what migrating wrote."""

from django.core.management.color import Style
from django.db.backends.base.base import BaseDatabaseWrapper

# The kinds of rows there are, and what one may do to them: they follow from the code alone.
LASTING = {"django_content_type", "auth_permission"}


def truncate_statements(style: Style, connection: BaseDatabaseWrapper, **_how: bool) -> list[str]:
    """The statements that do it, in place of those of `flush`."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return connection.ops.sql_flush(style, sorted(set(tables) - LASTING))
