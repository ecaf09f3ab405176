"""The command as an operator runs it: a separate process that receives signals."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

from tests.engine_answers import SHORT_TRANSCRIPTION, TRANSCRIBE
from tests.faults import Answer, Asked, FaultServer
from tests.faults.answers import as_json
from tests.gateway_process import ROOT, SETTINGS_OF_THE_SUITE
from tests.process_coverage import measured

PATIENCE_S = 60.0
COMMAND = (sys.executable, "manage.py", "diarize")


def environment(engine: FaultServer, **settings: str) -> dict[str, str]:
    """Return an environment with only these settings."""
    alone = dict.fromkeys(SETTINGS_OF_THE_SUITE, "") | {"PARAKEET_URL": engine.url}
    return {**os.environ, **measured(), **alone, **settings}


@contextmanager
def begun(
    engine: FaultServer, *arguments: str | Path, **settings: str
) -> Iterator["subprocess.Popen[str]"]:
    """Start the command, and kill it at the end of the block if it still runs."""
    command = [*COMMAND, *map(str, arguments), "--jobs", "1"]
    env = environment(engine, **settings)
    with subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=PIPE, stderr=PIPE) as made:
        try:
            yield made
        finally:
            made.kill()


def run(
    engine: FaultServer, *arguments: str | Path, **options: object
) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    command = [*COMMAND, *map(str, arguments), "--jobs", "1"]
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command,
        cwd=ROOT,
        env=environment(engine),
        text=True,
        capture_output=True,
        timeout=PATIENCE_S,
        **options,
    )


class Held:
    """An engine that delays its response for one recording until it is released."""

    def __init__(
        self, engine: FaultServer, content: bytes, said: object = SHORT_TRANSCRIPTION
    ) -> None:
        self._content, self._said = content, said
        self._arrived, self._released = threading.Event(), threading.Event()
        engine.respond(TRANSCRIBE, self._respond)

    def wait(self) -> None:
        """Wait until the engine has received the recording."""
        assert self._arrived.wait(PATIENCE_S)

    def release(self) -> None:
        """Let the engine respond."""
        self._released.set()

    def _respond(self, asked: Asked) -> Answer:
        if self._content in asked.body:
            self._arrived.set()
            self._released.wait(PATIENCE_S)
        return as_json(self._said)
