"""What a command says, and who reads it."""

import os
from collections.abc import Iterator

import pytest
from django.core.management.base import OutputWrapper

from audio.archive.follower import Stop
from audio.management.console import said, saying


@pytest.fixture
def unread() -> Iterator[OutputWrapper]:
    """A pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as out:
        yield OutputWrapper(out)


def test_what_nobody_reads_is_no_failure(unread: OutputWrapper) -> None:
    assert not said(unread, "a line")


def test_once_nobody_reads_no_line_fails_again(unread: OutputWrapper) -> None:
    said(unread, "a line")

    assert said(unread, "another")


def test_nothing_new_is_to_begin_once_nobody_reads(unread: OutputWrapper) -> None:
    stop = Stop()
    saying(unread, stop)("a line")

    assert stop.reason == "nobody reads what it says"
