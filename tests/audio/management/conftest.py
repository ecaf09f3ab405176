"""Fixtures: the command with the scripted engine."""

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
    """Return an engine that answers with words of Ann, then of Bob."""
    script(faults)
    return faults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three recordings, one of them in a subfolder."""
    made = tmp_path / "recordings"
    (made / "may").mkdir(parents=True)
    for number, name in enumerate(("a.wav", "b.wav", "may/c.wav")):
        (made / name).write_bytes(recording(number))
    return made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return the folder for the outputs."""
    return tmp_path / "out"


@pytest.fixture
def diarize(folder: Path, out: Path, engine: FaultServer, settings: Settings) -> Diarize:
    """Return a function that runs the command and returns its output, with the error."""
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
