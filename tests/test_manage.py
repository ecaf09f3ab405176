"""The command line, as an operator uses it."""

import os
import subprocess
import sys

import pytest

from tests.environment import database_url
from tests.gateway_process import ROOT

SLOW = "from django.db import connection; connection.cursor().execute('SELECT pg_sleep(1)')"
UNREACHABLE = "postgres://user:secret@127.0.0.1:1/ledger"


def manage(*arguments: str, database: str = UNREACHABLE) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database, "SECRET_KEY": "for-the-tests"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["migrate", "archive_status", "purge_expired"])
def test_an_unreachable_database_is_reported_in_one_line_without_its_host(command: str) -> None:
    ended = manage(command)

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("The database in DATABASE_URL cannot be")
    assert "Traceback" not in ended.stderr
    assert "127.0.0.1" not in ended.stderr


def test_a_failure_of_a_reached_database_is_reported_unchanged() -> None:
    hurried = f"{database_url()}?options=-c%20statement_timeout%3D1"

    ended = manage("shell", "--command", SLOW, database=hurried)

    assert ended.returncode == 1
    assert "canceling statement due to statement timeout" in ended.stderr


def test_a_traceback_is_shown_on_request() -> None:
    assert "Connection refused" in manage("migrate", "--traceback").stderr
