"""Who restarts an engine: Docker, a command, or nobody."""

import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from typing import Protocol

from django.conf import settings

from audio.engines import engine_status

WAYS = ("", "docker", "command")


class RestartFailed(Exception):
    """The engine was not restarted; the message is a sentence without an address or a path."""


class Restarter(Protocol):
    """Whoever restarts one engine."""

    @property
    def target(self) -> str:
        """What is restarted, the same for two engines that are one program."""

    def started_at(self) -> float | None:
        """When the engine last started, in seconds since 1970; None where nobody knows.

        Raises
        ------
        RestartFailed
            When it cannot be found out, and so cannot be restarted.
        """

    def restart(self) -> None:
        """Restart it.

        Raises
        ------
        RestartFailed
        """


def restarter(engine: str) -> Restarter | None:
    """Whoever restarts this engine; None when nobody does."""
    match settings.RESTART_WITH:
        case "docker":
            # The client of Docker's API takes a while to import, and most gateways have no use
            # for it.
            from audio.engines.recovery.containers import Container

            return Container(container_of(engine))
        case "command":
            words = [*shlex.split(settings.RESTART_COMMAND), engine]
            return Command(words, engine_status.url_of(engine))
    return None


def container_of(engine: str) -> str:
    """The name of an engine's container."""
    name: str = getattr(settings, f"{engine.upper()}_CONTAINER")
    return name


class Command:
    """A command of the operator's, run without a shell."""

    def __init__(self, words: Sequence[str], target: str) -> None:
        self._words, self.target = words, target

    def started_at(self) -> None:
        """Nobody knows: the board alone says when it was last run."""

    def restart(self) -> None:
        try:
            # In a session of its own, so that what it starts ends with it when it takes too long.
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
            said = f"The restart command did not end in {settings.RESTART_TIMEOUT_S:.0f} s."
            raise RestartFailed(said) from error
        if status:
            raise RestartFailed(f"The restart command ended with status {status}.")
