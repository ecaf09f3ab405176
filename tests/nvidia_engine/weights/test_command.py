"""`python -m nvidia_engine.weights`: what is wrong is one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nvidia_engine import settings
from nvidia_engine.weights import __main__ as command
from tests.nvidia_engine.http.engine_process import ROOT


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["weights", *arguments])
    return command.main()


def test_an_unknown_device_is_one_line() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "nvidia_engine.weights"],
        cwd=ROOT,
        env={**os.environ, "DEVICE": "gpu"},
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 2
    assert answer.stderr == "DEVICE: expected one of auto, cuda, cpu; got 'gpu'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not one: expected models with licence, source and files"),
        ('{"words": []}', "is not one: expected models with licence, source and files"),
        ("{}", "the manifest has no model words, nemotron-3, voices"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_one_line(
    text: str | None,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest = tmp_path / "manifest.json"
    if text is not None:
        manifest.write_text(text)
    monkeypatch.setattr(settings, "MODELS_MANIFEST", manifest)
    monkeypatch.setattr(settings, "MODELS_DIR", tmp_path)

    assert run(monkeypatch) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(settings, "MODELS_DIR", tmp_path / "file" / "models")

    assert run(monkeypatch) == 1
    assert "cannot be written: Not a directory\n" in capsys.readouterr().err


def test_a_lock_that_cannot_be_read_is_one_line(
    tiny_models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "models.lock.json").write_text("nonsense")
    monkeypatch.setattr(settings, "MODELS_MANIFEST", tiny_models / "manifest.json")
    monkeypatch.setattr(settings, "MODELS_DIR", tmp_path)

    assert run(monkeypatch) == 1
    assert "models.lock.json cannot be read" in capsys.readouterr().err


def test_lock_prints_the_hashes_that_were_pinned(
    tiny_models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "MODELS_MANIFEST", tiny_models / "manifest.json")
    monkeypatch.setattr(settings, "MODELS_DIR", tiny_models)
    monkeypatch.setattr(settings, "OFFLINE", True)

    assert run(monkeypatch, "lock") == 0
    said, _, lock = capsys.readouterr().out.partition("\n")
    assert said == f"The weights are in {tiny_models}."
    assert json.loads(lock) == {}
