"""How a probe's calls differ from a client's: they are let through, and they are cut short."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.dispatch import Signal

from audio import context

# Sent with `engine` and `url` when an engine should be looked at: it failed, or is late.
suspected = Signal()


@contextmanager
def as_probe(limit_s: float) -> Iterator[None]:
    """Call engines even while they are restarting, and wait no longer for an answer."""
    with context.replaced(probe_limit_s=limit_s):
        yield


def is_probe() -> bool:
    """Whether this call is a probe's."""
    return context.current().probe_limit_s is not None


def shortened(seconds: float) -> float:
    """How long a call may take: a probe waits less long than a client may."""
    limit_s = context.current().probe_limit_s
    return seconds if limit_s is None else min(seconds, limit_s)


def suspect(engine: str, url: str) -> None:
    """Have an engine looked at, in the background; whatever comes of it, the call goes on."""
    if not is_probe():
        suspected.send_robust(None, engine=engine, url=url)
