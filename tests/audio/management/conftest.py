"""The command, over the scripted engine."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from tests.audio.archive.engine import recording, script
from tests.faults import FaultServer

Diarize = Callable[..., str]


@pytest.fixture
def engine(faults: FaultServer) -> FaultServer:
    """It hears Ann, then Bob."""
    script(faults)
    return faults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings, one of them in a folder of its own."""
    made = tmp_path / "recordings"
    (made / "may").mkdir(parents=True)
    for number, name in enumerate(("a.wav", "b.wav", "may/c.wav")):
        (made / name).write_bytes(recording(number))
    return made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the outputs go."""
    return tmp_path / "out"


@pytest.fixture
def diarize(folder: Path, out: Path, engine: FaultServer, settings: Settings) -> Diarize:
    """Run the command on the folder; what it says, and its status where that is not 0."""
    settings.PARAKEET_URL = engine.url
    settings.SPEAKER_LIBRARY = "audio.library.NoLibrary"

    def run(*options: str, paths: tuple[Path, ...] = (folder,)) -> str:
        said = StringIO()
        given = [*map(str, paths), "--out", str(out), "--jobs", "1", *options]
        try:
            call_command("diarize", *given, stdout=said)
        except CommandError as error:
            return f"{said.getvalue()}\n{error.returncode}: {error}"
        return said.getvalue()

    return run
