"""The settings as mypy reads them: with the voice library, whose models it would not know."""

import os

os.environ.setdefault("DATABASE_URL", "postgres://nobody@localhost/nothing")

from spark_control.settings import *  # noqa: F403 — once the switch is on
