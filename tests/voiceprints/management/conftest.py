"""Commands, run as an operator runs them, and what they print."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command prints; a refusal is raised."""

    def printed(*words: str) -> str:
        call_command(*words)
        return capsys.readouterr().out

    return printed
