"""Each client has the version that its name says."""

from collections.abc import Callable

import pytest

from tests.gateway_process import Gateway
from tests.sdk.client_process import NODE, PYTHON, Sdk


@pytest.mark.parametrize("name", [*PYTHON, *NODE])
def test_a_client_is_of_its_version(
    start_sdk: Callable[[str], Sdk], scripted: Gateway, name: str
) -> None:
    version = start_sdk(name).ask("version", scripted).value

    assert version.startswith(name.partition("-")[2] + ".")
