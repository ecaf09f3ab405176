"""How an engine is restarted."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audio.engines.recovery.restarts import Command, RestartFailed, restarter


def test_no_engine_is_restarted_by_default() -> None:
    assert restarter("parakeet") is None


def test_a_command_gets_the_engines_name_last(settings: Settings, tmp_path: Path) -> None:
    settings.RESTART_WITH = "command"
    settings.RESTART_COMMAND = f"cp /dev/null -t '{tmp_path}' --backup --suffix"
    (tmp_path / "null").write_text("before")

    restarter("kokoro").restart()  # type: ignore[union-attr]

    assert (tmp_path / "nullkokoro").read_text() == "before"


def test_no_shell_reads_the_command(settings: Settings, tmp_path: Path) -> None:
    settings.RESTART_WITH = "command"
    settings.RESTART_COMMAND = f"echo $(touch {tmp_path}/made); touch {tmp_path}/made"

    restarter("kokoro").restart()  # type: ignore[union-attr]

    assert not (tmp_path / "made").exists()


def test_a_command_that_fails_is_reported() -> None:
    with pytest.raises(RestartFailed, match="ended with status 1"):
        Command(["false"]).restart()


def test_a_missing_command_is_reported_without_its_path() -> None:
    with pytest.raises(RestartFailed) as failure:
        Command(["/usr/local/bin/nothing"]).restart()

    assert str(failure.value) == "The restart command cannot be run: No such file or directory."


def test_a_command_that_does_not_end_is_ended(settings: Settings) -> None:
    settings.RESTART_TIMEOUT_S = 0.1

    with pytest.raises(RestartFailed, match=r"did not end in 0 s"):
        Command(["sleep", "60"]).restart()
