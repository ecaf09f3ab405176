"""A command of `manage.py` that serves, as in production, with just the settings of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spark_control.laptop.listening_server import ListeningServer as ServerCommand
from spark_control.laptop.listening_server import running_server
from tests.gateway_process import SETTINGS_OF_THE_SUITE
from tests.waiting import PATIENCE_S

__all__ = ["PATIENCE_S", "ServerCommand", "running_command"]


@contextmanager
def running_command(
    name: str, folder: Path, *arguments: str, **settings: str
) -> Iterator[ServerCommand]:
    """Serve with just these settings until the end of the block."""
    alone = dict.fromkeys(SETTINGS_OF_THE_SUITE, "")
    alone |= {"RECOVERY_DIR": str(folder / "recovery"), "PROBE_AFTER_FAILURE": "false"} | settings
    with running_server(name, folder / f"{name}.log", alone, *arguments) as server:
        yield server
