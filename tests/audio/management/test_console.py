"""Lines of output, where their reader has closed the pipe."""

import os
from collections.abc import Iterator

import pytest
from django.core.management.base import OutputWrapper

from audio.archive.archive_progress import StopRequest
from audio.management.console import line_writer, write_line


@pytest.fixture
def unread() -> Iterator[OutputWrapper]:
    """A pipe whose reading end is closed."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as out:
        yield OutputWrapper(out)


def test_a_closed_pipe_is_reported_and_not_raised(unread: OutputWrapper) -> None:
    assert not write_line(unread, "a line")


def test_after_a_closed_pipe_lines_are_discarded(unread: OutputWrapper) -> None:
    write_line(unread, "a line")

    assert write_line(unread, "another")


def test_a_closed_pipe_requests_a_stop(unread: OutputWrapper) -> None:
    stop = StopRequest()
    line_writer(unread, stop)("a line")

    assert stop.reason == "the reader of its output has gone"
