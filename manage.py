#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, connection


def main() -> None:
    """Run a command; where the database is not there, say so in a line that names no host."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError:
        was_reached = connection.connection is not None
        if was_reached or "--traceback" in sys.argv:
            raise
        sys.exit(
            "The database in DATABASE_URL cannot be reached, or does not let us in. "
            "--traceback says more."
        )


if __name__ == "__main__":
    main()
