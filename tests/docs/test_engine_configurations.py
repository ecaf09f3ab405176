"""The configurations of engines that the documentation shows."""

import re

import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from audio.engines import roles
from audio.engines.dialects.registry import DIALECTS
from tests.gateway_process import ROOT

PAGE = (ROOT / "docs" / "how-to" / "engines.md").read_text()
BLOCKS = [block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "_URL=" in block]


def configure(settings: Settings, block: str) -> None:
    settings.PARAKEET_URL = settings.KOKORO_URL = ""
    for line in block.splitlines():
        name, _, value = line.partition("=")
        assert hasattr(settings, name), f"{name} is not a setting"
        setattr(settings, name, value)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_configuration_asks_engines_for_what_they_can(settings: Settings, block: str) -> None:
    configure(settings, block)

    known = roles.all_roles()

    named = {line.split("_")[0].lower() for line in block.splitlines()}
    assert set(known) == named
    for role, one in known.items():
        assert one.capabilities.can(role)
        assert role not in one.capabilities.needs_model or one.settings.model


@pytest.mark.parametrize("block", BLOCKS)
def test_a_configuration_passes_the_system_checks(settings: Settings, block: str) -> None:
    configure(settings, block)

    assert not [problem for problem in run_checks() if problem.is_serious()]


def test_every_foreign_dialect_has_a_configuration() -> None:
    shown = set(re.findall(r"_DIALECT=(\S+)", "".join(BLOCKS)))

    assert shown == {name for name, dialect in DIALECTS.items() if dialect.is_foreign}
