"""The progress of a long job, reported to the process or person that follows it."""

from collections.abc import Iterator
from contextlib import contextmanager

from audio import context
from audio.context import ProgressWatcher


class Stopped(Exception):
    """A job was stopped before it was complete, because its result is no longer wanted."""


@contextmanager
def watched_by(watcher: ProgressWatcher) -> Iterator[None]:
    """Report the progress of jobs inside the block to this watcher."""
    with context.replaced(watcher=watcher):
        yield


def advance(share: float) -> None:
    """Report that a share of the whole job, 0 to 1, is done."""
    if watcher := context.current().watcher:
        watcher.advance(share)


def raise_if_stopped() -> None:
    """Begin nothing new for a job whose result is no longer wanted.

    Raises
    ------
    Stopped
    """
    watcher = context.current().watcher
    if watcher and watcher.is_over():
        raise Stopped
