#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

from spark_control.core_dumps import disable_core_dumps


def main() -> None:
    """Run a command; report a wrong setting, or an unreachable database, in one line.

    The line about the database does not name its host.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
    disable_core_dumps()
    # Failures of a database that was reached are reported unchanged.
    reached: list[object] = []
    connection_created.connect(lambda **made: reached.append(made), weak=False)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
    except OperationalError:
        if reached:
            raise
        if "--traceback" in sys.argv:
            # The pool reports only how long it waited; a connection outside it reports the reason.
            connection.settings_dict["OPTIONS"]["pool"] = None
            connection.connect()
            raise
        sys.exit(
            "The database in DATABASE_URL cannot be reached, or refuses the connection. "
            "--traceback shows details."
        )


if __name__ == "__main__":
    main()
