"""Restarts of an engine, as the settings ask: by Docker, by a command, or not at all."""

import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

WAYS = ("", "docker", "command")
# By its path: Docker's client takes a while to import, and most gateways do not use it.
CONTAINER = "audio.engines.recovery.containers.Container"


# The engines whose containers the settings name.
CONTAINERS = ("parakeet", "kokoro")


class RestartFailed(Exception):
    """The engine was not restarted; the message is a sentence without an address or a path."""


class Restarter(Protocol):
    """Restarts one engine."""

    def started_at(self) -> float | None:
        """Return when the engine last started, in seconds since 1970; None where unknown.

        Raises
        ------
        RestartFailed
            When the time cannot be found out, and the engine cannot be restarted either.
        """

    def restart(self) -> None:
        """Restart the engine.

        Raises
        ------
        RestartFailed
        """


def restarter(engine: str) -> Restarter | None:
    """Return what restarts this engine by the settings; None when nothing does."""
    match settings.RESTART_WITH:
        case "docker" if name := container_of(engine):
            container: Restarter = import_string(CONTAINER)(name)
            return container
        case "command":
            return Command([*shlex.split(settings.RESTART_COMMAND), engine])
    return None


def container_of(engine: str) -> str:
    """Return the name of an engine's container; empty where the settings name none."""
    name: str = getattr(settings, f"{engine.upper()}_CONTAINER", "")
    return name


class Command:
    """The operator's own command, run without a shell."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def started_at(self) -> None:
        """Return None: only the status board records when the command was last run."""

    def restart(self) -> None:
        try:
            # In a session of its own, so that its children end with it when it takes too long.
            process = subprocess.Popen(  # noqa: S603 — the operator's own words
                self._words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise RestartFailed(f"The restart command cannot be run: {error.strerror}.") from error
        try:
            status = process.wait(settings.RESTART_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            seconds = f"{settings.RESTART_TIMEOUT_S:.0f} s"
            raise RestartFailed(f"The restart command did not end in {seconds}.") from error
        if status:
            raise RestartFailed(f"The restart command ended with status {status}.")
