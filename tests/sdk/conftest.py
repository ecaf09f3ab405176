"""The official clients, each version started once, and engines that say short things."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.fault_server import FaultServer
from tests.gateway_process import Gateway
from tests.sdk.client_process import NODE, PYTHON, Sdk, running_sdk

TRANSCRIBE = "/v1/audio/transcriptions"
SPEAK = "/v1/audio/speech"
SAID = {
    "text": "Turn on the light. Then close the blinds.",
    "duration": 4.0,
    "language": "en",
    "words": [
        {"start": 0.0, "end": 0.5, "text": "Turn"},
        {"start": 0.5, "end": 0.75, "text": "on"},
        {"start": 0.75, "end": 1.0, "text": "the"},
        {"start": 1.0, "end": 1.5, "text": "light."},
        {"start": 2.0, "end": 2.5, "text": "Then"},
        {"start": 2.5, "end": 3.0, "text": "close"},
        {"start": 3.0, "end": 3.25, "text": "the"},
        {"start": 3.25, "end": 4.0, "text": "blinds."},
    ],
}


@pytest.fixture(scope="session")
def start_sdk(scripted_gateway: Gateway, mp3_gateway: Gateway) -> Iterator[Callable[[str], Sdk]]:
    """Start a version when a test first wants it.

    The gateways are asked for here so that they outlive the clients: a server that ends waits for
    the connections that its clients keep.
    """
    with ExitStack() as processes:
        yield cache(lambda name: processes.enter_context(running_sdk(name)))


@pytest.fixture(params=[*PYTHON, *NODE])
def sdk(start_sdk: Callable[[str], Sdk], request: pytest.FixtureRequest) -> Sdk:
    """Each version in turn."""
    return start_sdk(request.param)


@pytest.fixture(params=PYTHON)
def python_sdk(start_sdk: Callable[[str], Sdk], request: pytest.FixtureRequest) -> Sdk:
    """Each version of the Python client in turn."""
    return start_sdk(request.param)


@pytest.fixture
def newest_sdk(start_sdk: Callable[[str], Sdk]) -> Sdk:
    """The newest Python client."""
    return start_sdk("python-3.54")


@pytest.fixture
def hearing(scripted: Gateway, faults: FaultServer) -> Gateway:
    """A gateway whose engine hears two sentences in whatever it is sent."""
    faults.answer(TRANSCRIBE, SAID)
    return scripted
