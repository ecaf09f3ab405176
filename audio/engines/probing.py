"""How a probe's calls differ from a client's: they are let through, and they are cut short."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.dispatch import Signal

# Sent with `engine` and `url` when an engine should be looked at: it failed, or is late.
suspected = Signal()
_limit_s: ContextVar[float | None] = ContextVar("limit_s", default=None)


@contextmanager
def as_probe(limit_s: float) -> Iterator[None]:
    """Call engines even while they are restarting, and wait no longer for an answer."""
    before = _limit_s.set(limit_s)
    try:
        yield
    finally:
        _limit_s.reset(before)


def is_probe() -> bool:
    """Whether this call is a probe's."""
    return _limit_s.get() is not None


def shortened(seconds: float) -> float:
    """How long a call may take: a probe waits less long than a client may."""
    limit_s = _limit_s.get()
    return seconds if limit_s is None else min(seconds, limit_s)


def suspect(engine: str, url: str) -> None:
    """Have an engine looked at, in the background; whatever comes of it, the call goes on."""
    if not is_probe():
        suspected.send_robust(None, engine=engine, url=url)
