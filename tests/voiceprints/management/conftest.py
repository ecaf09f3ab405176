"""Fixtures: commands as an operator runs them."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command and returns its output, or raises its error."""

    def printed(*words: str) -> str:
        call_command(*words)
        return capsys.readouterr().out

    return printed
