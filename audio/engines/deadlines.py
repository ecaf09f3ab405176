"""How long may a call to an engine take, from its first byte to the last?

httpx times every read and write by itself, so an engine that trickles a byte a second is never
late. Here a socket is given, each time, no more than what is left of the call; and a call that is
of no use without its client looks after the client while the engine is silent.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpx
from django.conf import settings

from audio import presence

# How often the client is looked after.
GLANCE_S = 0.5


@dataclass(slots=True)
class Call:
    """A call under way: until when it may last, and whether it ends when the client leaves."""

    until: float
    ends_with_client: bool

    def left_s(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the call took longer than it may")
        return left

    def glance_s(self) -> float:
        """How long to wait before the next look at the client."""
        left = self.left_s()
        if not self.ends_with_client:
            return left
        presence.stay()
        return min(left, GLANCE_S)


_call: ContextVar[Call] = ContextVar("call")


@contextmanager
def within(seconds: float, *, ends_with_client: bool = False) -> Iterator[Call]:
    """Connections inside the block are used for no longer than this, however little they ask."""
    call = Call(time.monotonic() + seconds, ends_with_client)
    token = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(token)


def under_way() -> Call:
    """The call that a connection is used for now.

    Raises
    ------
    LookupError
        Outside of `within`.
    """
    return _call.get()


def allowed_s(audio_s: float | None) -> float:
    """How long an engine may work on so much audio; on an unknown length as long as on any."""
    longest: float = settings.ENGINE_TIMEOUT_S
    if audio_s is None:
        return longest
    needed: float = settings.ENGINE_BASE_TIMEOUT_S + settings.ENGINE_TIMEOUT_PER_AUDIO_S * audio_s
    return min(longest, needed)
