#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError
from django.db.backends.signals import connection_created


def main() -> None:
    """Run a command; where the database is not there, say so in a line that names no host."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
    # A database that was reached may fail in ways of its own, which are told as they are.
    reached: list[object] = []
    connection_created.connect(lambda **made: reached.append(made), weak=False)
    try:
        execute_from_command_line(sys.argv)
    except OperationalError:
        if reached or "--traceback" in sys.argv:
            raise
        sys.exit(
            "The database in DATABASE_URL cannot be reached, or does not let us in. "
            "--traceback says more."
        )


if __name__ == "__main__":
    main()
