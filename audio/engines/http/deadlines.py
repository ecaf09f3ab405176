"""The time that one call to an engine may take, from its first byte to its last.

httpx times every read and write separately, so an engine that sends one byte a second is never
late. Here each use of a socket gets only what is left of the call; and a call that is useless
without its client checks the client while the engine is silent.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from django.conf import settings

from audio import context
from audio.context import EngineCall

# How often the client's connection is checked.
CLIENT_CHECK_S = 0.5


@contextmanager
def within(seconds: float, *, ends_with_client: bool = False) -> Iterator[None]:
    """Limit the use of connections inside the block, whatever their own timeouts are."""
    until = time.monotonic() + seconds
    with context.replaced(call=EngineCall(until, ends_with_client)):
        yield


def left_s() -> float:
    """Return how much time the call under way has left.

    Raises
    ------
    httpx.ReadTimeout
    LookupError
        Outside of `within`.
    """
    return _left_s(_call())


def next_check_s() -> float:
    """Return how long to wait for the engine before the client is checked again.

    Raises
    ------
    httpx.ReadTimeout, ClientLeft
    LookupError
        Outside of `within`.
    """
    call = _call()
    left = _left_s(call)
    if not call.ends_with_client:
        return left
    context.raise_if_client_left()
    return min(left, CLIENT_CHECK_S)


def note_hang_up() -> None:
    """Note that the engine has closed the connection of the call under way."""
    _call().has_hung_up = True


def has_hung_up() -> bool:
    """Whether the engine has closed the connection of the call under way."""
    return _call().has_hung_up


def allowed_s(audio_s: float | None) -> float:
    """Return how long an engine may work on a recording of this length, in seconds.

    A recording of unknown length is allowed the longest time.
    """
    longest: float = settings.ENGINE_TIMEOUT_S
    if audio_s is None:
        return longest
    needed: float = settings.ENGINE_BASE_TIMEOUT_S + settings.ENGINE_TIMEOUT_PER_AUDIO_S * audio_s
    return min(longest, needed)


def _call() -> EngineCall:
    call = context.current().call
    if call is None:
        raise LookupError("connections are used inside of `within` only")
    return call


def _left_s(call: EngineCall) -> float:
    left = call.until - time.monotonic()
    if left <= 0:
        raise httpx.ReadTimeout("the call took longer than it may")
    return left
