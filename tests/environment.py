"""The Postgres and the built-in engine that the launcher names for the tests.

Without a launcher all tests are still collected: those that need one of the two are skipped.
"""

import os

import pytest

# It only switches the library on, so that its models can be imported.
NO_DATABASE = "postgres://tests@127.0.0.1:1/none"
DATABASE_IS_MISSING = "needs Postgres: run `make test`, or set DATABASE_URL"
ENGINE_IS_MISSING = "needs the built-in engine: run `make test`, or set PARAKEET_URL, KOKORO_URL"


def database_url() -> str:
    """Return the URL of the launcher's database; skip the test where it is missing."""
    if os.environ["DATABASE_URL"] == NO_DATABASE:
        pytest.skip(DATABASE_IS_MISSING)
    return os.environ["DATABASE_URL"]


def engine_urls() -> dict[str, str]:
    """Return the settings that name the built-in engine; skip the test where it is missing."""
    urls = {name: os.environ.get(name, "") for name in ("PARAKEET_URL", "KOKORO_URL")}
    if not all(urls.values()):
        pytest.skip(ENGINE_IS_MISSING)
    return urls
