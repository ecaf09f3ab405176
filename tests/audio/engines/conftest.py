"""Calls from this very process."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def no_probes(settings: Settings) -> None:
    """What fails here fails on purpose: a probe would come between a test's own calls."""
    settings.PROBE_AFTER_FAILURE = False
