"""The report of an engine that runs tiny graphs: its figures mean nothing, its shape does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cpu_engine.audio_samples import Samples
from nvidia_engine.features import SAMPLE_RATE
from nvidia_engine.report import __main__ as report
from tests.nvidia_engine.conftest import CLINIC, wav_of
from tests.nvidia_engine.http.engine_process import ROOT, EngineProcess

REPORT = [sys.executable, "-m", "nvidia_engine.report"]
SMI = """\
#!/bin/sh
case "$*" in
*memory.used*) echo 4321 ;;
*) echo "NVIDIA Test 1, 580.1, 16384 MiB" ;;
esac
"""


@pytest.fixture
def short_clinic(tmp_path: Path, meeting: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure on the first seconds of the meeting."""
    (tmp_path / "mono.flac").write_bytes(wav_of(meeting[: 10 * SAMPLE_RATE]))
    (tmp_path / "reference.json").write_text((CLINIC / "reference.json").read_text())
    monkeypatch.setattr(report, "CLINIC", tmp_path)


def run(
    engine: EngineProcess,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *options: str,
) -> str:
    command = ["report", "--url", str(engine.client.base_url), "--requests", "2", *options]
    monkeypatch.setattr(sys, "argv", command)
    assert report.main() == 0
    return capsys.readouterr().out


def with_nvidia_smi(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = folder / "nvidia-smi"
    tool.write_text(SMI)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.mark.usefixtures("short_clinic")
def test_it_says_what_runs_and_how_well_in_lines_and_as_json(
    engine: EngineProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "report.json"

    text = run(engine, monkeypatch, capsys, "--out", str(out))

    for said in (
        "device         cpu",
        "known answer   good",
        "WER",
        "cpWER",
        "DER",
        "2 under way",
    ):
        assert said in text
    found = json.loads(out.read_text())
    keys = {"engine", "machine", "clinic", "audio_seconds_a_second", "peak_memory_mb"}
    assert set(found) == {*keys, "gpu_memory_mb"}
    assert found["peak_memory_mb"] > 0
    assert found["gpu_memory_mb"] is None
    assert str(Path.home()) not in json.dumps(found)


@pytest.mark.usefixtures("short_clinic")
def test_it_has_the_card_and_the_most_memory_that_was_used_on_it(
    engine: EngineProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with_nvidia_smi(tmp_path, monkeypatch)

    found = json.loads(run(engine, monkeypatch, capsys, "--json"))

    assert found["machine"]["gpu"] == ["NVIDIA Test 1, 580.1, 16384 MiB"]
    assert found["gpu_memory_mb"] == 4321


def test_an_engine_that_is_not_there_is_said() -> None:
    command = [*REPORT, "--url", "http://127.0.0.1:9"]

    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert answer.returncode == 1
    assert "The engine cannot be asked" in answer.stderr
    assert "Traceback" not in answer.stderr
