"""The `diarize` command with the built-in engine, on the start of the clinic meeting."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.recorded_meetings import CLINIC, LOCAL_USER
from tests.audio.management.command import COMMAND
from tests.gateway_process import ROOT
from tests.heard_words import is_heard

pytestmark = pytest.mark.models


def test_two_tracks_and_a_timeline_become_a_named_transcript(
    mic: Path, system: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "meetings", tmp_path / "out"
    folder.mkdir()
    shutil.copy(mic, folder / "clinic.mic.wav")
    shutil.copy(system, folder / "clinic.system.wav")
    shutil.copy(CLINIC / "timeline.json", folder / "clinic.timeline.json")
    command = [*COMMAND, str(folder), "--out", str(out), "--self-name", LOCAL_USER]
    env = {**os.environ, "DATABASE_URL": ""}

    subprocess.run(command, cwd=ROOT, env=env, check=True)

    names = {one["name"] for one in json.loads((out / "clinic.json").read_text())["speakers"]}
    assert names == {"George Hall", "Emma Brook", "Michael Reyes"}
    first, *_ = (out / "clinic.txt").read_text().splitlines()
    assert first.startswith("[0:00:00] George Hall: ")
    assert is_heard(first.partition("Hall: ")[2], "Good morning, everyone.")
