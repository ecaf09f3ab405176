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
