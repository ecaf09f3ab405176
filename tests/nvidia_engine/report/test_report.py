"""The report of an engine that runs tiny graphs: its figures mean nothing, its shape does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nvidia_engine.http.engine_process import ROOT, running_engine, wait_healthy
from tests.nvidia_engine.models_folder import make_models_folder

REPORT = [sys.executable, "-m", "nvidia_engine.report"]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, object]]:
    folder = tmp_path_factory.mktemp("report")
    models, out = make_models_folder(folder / "models"), folder / "report.json"
    with running_engine(models, folder / "log") as engine:
        wait_healthy(engine)
        command = [*REPORT, "--url", str(engine.client.base_url), "--requests", "1,2"]
        answer = subprocess.run(
            [*command, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, check=True
        )
    return answer.stdout, json.loads(out.read_text())


def test_it_says_what_runs_and_how_well(printed: tuple[str, dict[str, object]]) -> None:
    text, _ = printed

    assert "device         cpu" in text
    assert "known answer   good" in text
    assert "WER" in text
    assert "cpWER" in text
    assert "DER" in text
    assert "with 1" in text
    assert "with 2 under way" in text


def test_it_is_json_without_anything_of_the_machine(
    printed: tuple[str, dict[str, object]],
) -> None:
    _, report = printed

    assert set(report) == {
        *("engine", "machine", "clinic", "audio_seconds_a_second", "peak_memory_mb")
    }
    assert isinstance(report["peak_memory_mb"], int)
    assert report["peak_memory_mb"] > 0
    assert str(Path.home()) not in json.dumps(report)


def test_an_engine_that_is_not_there_is_said() -> None:
    command = [*REPORT, "--url", "http://127.0.0.1:9"]

    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert answer.returncode == 1
    assert "The engine cannot be asked" in answer.stderr
    assert "Traceback" not in answer.stderr
