"""The program in docs/how-to/realtime.md, as it is written there."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import CLINIC
from tests.engine_answers import TEXT, TRANSCRIBE, TRANSCRIPTION
from tests.faults import FaultServer
from tests.gateway_process import ROOT
from tests.realtime_process import Realtime
from tests.recordings import pcm_24k, wav

DOCUMENTED = "ws://127.0.0.1:8001/v1"


@pytest.fixture
def program(realtime: Realtime) -> str:
    """The program, for the process of the tests."""
    [written] = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/how-to/realtime.md").read_text(), re.DOTALL
    )
    assert DOCUMENTED in written
    return str(written).replace(DOCUMENTED, realtime.url.removesuffix("/realtime"))


def printed(program: str, folder: Path, audio: bytes) -> list[str]:
    """Run it beside a recording; return the lines that it prints."""
    (folder / "meeting-24khz-mono.wav").write_bytes(wav(np.frombuffer(audio, "<i2"), 24_000))
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_the_last_turn_of_a_file_that_ends_in_speech_is_printed(
    program: str, faults: FaultServer, tmp_path: Path
) -> None:
    faults.answer(TRANSCRIBE, TRANSCRIPTION)

    assert printed(program, tmp_path, pcm_24k(CLINIC / "mic.flac", 5.0)) == [TEXT]


def test_a_file_without_speech_ends_too(program: str, faults: FaultServer, tmp_path: Path) -> None:
    assert printed(program, tmp_path, bytes(48_000)) == []
