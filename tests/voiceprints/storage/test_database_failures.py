"""Tests of log lines about failures of the database."""

import logging
import sys

import psycopg
import pytest
from django.db import OperationalError

from voiceprints.storage.database_failures import HideAddress


def record_of(failure: Exception) -> logging.LogRecord:
    """Return the record of a line that logs this failure with its traceback."""
    try:
        raise failure
    except Exception:
        return logging.LogRecord("x", logging.ERROR, "", 1, "%s failed", ("it",), sys.exc_info())


def wrapped() -> OperationalError:
    error = OperationalError("connection to host db.example failed")
    error.__cause__ = psycopg.OperationalError("connection to host db.example failed")
    return error


@pytest.mark.parametrize("failure", [wrapped(), psycopg.errors.AdminShutdown("db.example")])
def test_a_failure_of_the_database_is_logged_without_its_traceback(failure: Exception) -> None:
    record = record_of(failure)
    HideAddress().filter(record)

    assert record.exc_info is None
    assert record.getMessage() in (
        "it failed (OperationalError)",
        "it failed (AdminShutdown)",
    )


def test_another_failure_keeps_its_traceback() -> None:
    record = record_of(ValueError("a bug"))
    HideAddress().filter(record)

    assert record.exc_info is not None
    assert record.getMessage() == "it failed"


@pytest.mark.parametrize(
    "failure",
    [
        'connection to server at "db.example" (10.0.0.7), port 5432 failed: Connection refused',
        'connection to server at "10.0.0.7", port 5432 failed: server closed the connection',
        'connection to server on socket "/run/db.example/.s.PGSQL.5432" failed: No such file',
        "failed to resolve host 'db.example': [Errno -2] Name or service not known",
        'could not translate host name "db.example" to address: Name or service not known',
    ],
)
def test_an_address_in_a_message_is_removed(failure: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 1, "lost: %s", (failure,), None)

    HideAddress().filter(record)

    message = record.getMessage()
    assert message.startswith("lost: ")
    assert not any(part in message for part in ("db.example", "10.0.0.7", "5432"))


def test_another_message_is_unchanged() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, 'met at "%s"', ("the door",), None)

    HideAddress().filter(record)

    assert record.getMessage() == 'met at "the door"'
