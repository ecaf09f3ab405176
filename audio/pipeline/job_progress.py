"""How far is a job, and is it to go on? For whoever started one that takes long."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Watch(Protocol):
    """Somebody who follows a job, from whatever thread its parts run in."""

    def advance(self, share: float) -> None:
        """Say that so large a share of the whole job, 0 to 1, is done."""

    def is_over(self) -> bool:
        """Whether the job is to begin nothing new."""


class Stopped(Exception):
    """A job was ended before it was done, because nobody wants it any longer."""


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched_by(watch: Watch) -> Iterator[None]:
    """Jobs inside the block tell this one how far they are."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def advance(share: float) -> None:
    """Tell whoever watches this job that so large a share of it is done."""
    if watch := _watch.get():
        watch.advance(share)


def go_on() -> None:
    """Begin nothing new where nobody wants it.

    Raises
    ------
    Stopped
    """
    watch = _watch.get()
    if watch and watch.is_over():
        raise Stopped
