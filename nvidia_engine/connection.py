"""A recording and the models, connected while the recording's client waits."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from nvidia_engine.engine import Recording
from nvidia_engine.features import SampleSource
from nvidia_engine.inference.dispatcher import Dispatcher
from nvidia_engine.inference.units import Request

# How often a waiting request looks whether its client is still there.
LOOK_S = 0.5


class ClientLeft(Exception):
    """The client of a request has closed its connection."""


@contextmanager
def connected(
    samples: SampleSource, request: Request, dispatcher: Dispatcher, is_gone: Callable[[], bool]
) -> Iterator[Recording]:
    """Connect a recording with the dispatcher; what still waits at the end is dropped."""
    try:
        yield Recording(samples, request, dispatcher.submit, lambda future: _wait(future, is_gone))
    finally:
        dispatcher.drop(request)


def _wait(future: "Future[Any]", is_gone: Callable[[], bool]) -> Any:
    while True:
        try:
            return future.result(timeout=LOOK_S)
        except TimeoutError:
            if is_gone():
                raise ClientLeft from None
