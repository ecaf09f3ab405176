"""The official clients, each version started once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.faults import running_fault_server
from tests.gateway_process import Gateway, running_gateway
from tests.sdk.client_process import NODE, PYTHON, Sdk, running_sdk


@pytest.fixture(scope="session")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose engine has two voices, one of them with a slash in its name.

    It is not shared with other tests, since it remembers for a minute what voices there are.
    """
    with running_fault_server() as kokoro:
        kokoro.answer("/v1/audio/voices", {"voices": [{"id": "af_sky"}, {"id": "tuned/heart"}]})
        with running_gateway(tmp_path_factory.mktemp("listing"), KOKORO_URL=kokoro.url) as gateway:
            yield gateway


@pytest.fixture(scope="session")
def start_sdk(
    scripted_gateway: Gateway, mp3_gateway: Gateway, listing: Gateway
) -> Iterator[Callable[[str], Sdk]]:
    """Start a version when a test first needs it.

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
