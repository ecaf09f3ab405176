"""The settings for mypy: DATABASE_URL is set, so that it knows the library's models."""

import os

os.environ.setdefault("DATABASE_URL", "postgres://unused@localhost/unused")

from spark_control.settings import *  # noqa: F403 — must follow the line above
