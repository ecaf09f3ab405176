"""A gateway for requests that change nothing."""

import pytest

from tests.gateway_process import Gateway


@pytest.fixture
def quiet_gateway(_library_gateway: Gateway) -> Gateway:
    """The gateway with a library that nobody empties between tests: that takes a while."""
    return _library_gateway
