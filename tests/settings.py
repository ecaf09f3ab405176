"""The gateway's settings for tests: with the library, whose models could not be imported else."""

import os

# The settings read the environment when they are imported; what a launcher names stays.
from tests.environment import NO_DATABASE

os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or NO_DATABASE
os.environ["SECRET_KEY"] = os.environ.get("SECRET_KEY") or "for-the-tests"

from spark_control.settings import *  # noqa: F403
