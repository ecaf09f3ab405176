"""A gateway for requests that change nothing."""

import pytest

from tests.gateway_process import Gateway


@pytest.fixture
def quiet_gateway(_library_gateway: Gateway) -> Gateway:
    """Return the gateway whose library is not emptied between tests, which would take a while."""
    return _library_gateway
