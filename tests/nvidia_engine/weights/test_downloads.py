import errno
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nvidia_engine.weights import downloads
from nvidia_engine.weights.downloads import ensure_weights
from nvidia_engine.weights.manifest import WeightFile, WeightsRefused, choose_files, load_manifest
from tests.nvidia_engine.weights.fake_hub import FakeHub, running_hub

CONTENT = bytes(range(256)) * 40
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with running_hub() as hub:
        hub.files["/model.onnx"] = CONTENT
        yield hub


@pytest.fixture
def file(hub: FakeHub) -> WeightFile:
    return WeightFile(
        "model.onnx", f"{hub.url}/model.onnx", "CC-BY-4.0", None, len(CONTENT), DIGEST
    )


def ensure(folder: Path, file: WeightFile, *, is_offline: bool = False) -> list[str]:
    said: list[str] = []
    ensure_weights(folder, [file], is_offline=is_offline, report=said.append)
    return said


def test_a_missing_file_is_fetched(tmp_path: Path, file: WeightFile) -> None:
    said = ensure(tmp_path, file)

    assert (tmp_path / "model.onnx").read_bytes() == CONTENT
    assert said == ["fetching model.onnx (CC-BY-4.0)"]


def test_a_file_that_is_there_is_not_fetched_again(
    tmp_path: Path, hub: FakeHub, file: WeightFile
) -> None:
    ensure(tmp_path, file)
    ensure(tmp_path, file)

    assert len(hub.asked) == 1


def test_a_transfer_that_was_cut_goes_on_where_it_ended(
    tmp_path: Path, hub: FakeHub, file: WeightFile
) -> None:
    hub.cut_after = [1_000, 2_000]

    ensure(tmp_path, file)

    assert (tmp_path / "model.onnx").read_bytes() == CONTENT
    assert hub.asked == [None, "bytes=1000-", "bytes=3000-"]


def test_a_start_that_was_killed_goes_on_where_it_ended(
    tmp_path: Path, hub: FakeHub, file: WeightFile
) -> None:
    (tmp_path / "model.onnx.part").write_bytes(CONTENT[:4_000])

    ensure(tmp_path, file)

    assert hub.asked == ["bytes=4000-"]


def test_a_transfer_that_was_complete_before_it_was_checked_is_taken(
    tmp_path: Path, file: WeightFile
) -> None:
    (tmp_path / "model.onnx.part").write_bytes(CONTENT)

    ensure(tmp_path, file)

    assert (tmp_path / "model.onnx").read_bytes() == CONTENT


def test_a_redirect_is_followed(tmp_path: Path, hub: FakeHub, file: WeightFile) -> None:
    hub.redirects["/moved"] = f"{hub.url}/model.onnx"

    ensure(tmp_path, replace(file, url=f"{hub.url}/moved"))

    assert (tmp_path / "model.onnx").exists()


def test_a_file_of_another_hash_is_refused_by_name(
    tmp_path: Path, hub: FakeHub, file: WeightFile
) -> None:
    hub.files["/model.onnx"] = CONTENT[::-1]

    with pytest.raises(WeightsRefused, match=rf"model\.onnx has sha256 .* expected {DIGEST}"):
        ensure(tmp_path, file)
    assert list(tmp_path.glob("model*")) == []


def test_a_file_of_another_size_is_refused_by_name(tmp_path: Path, file: WeightFile) -> None:
    (tmp_path / "model.onnx").write_bytes(b"short")

    with pytest.raises(WeightsRefused, match=r"model\.onnx has 5 bytes; expected 10240"):
        ensure(tmp_path, file)


def test_a_file_that_was_changed_later_is_refused(tmp_path: Path, file: WeightFile) -> None:
    ensure(tmp_path, file)
    (tmp_path / "model.onnx").write_bytes(CONTENT[::-1])

    with pytest.raises(WeightsRefused, match="sha256"):
        ensure(tmp_path, file)


def test_a_file_that_the_hub_lacks_is_named(
    tmp_path: Path, hub: FakeHub, file: WeightFile
) -> None:
    hub.files.clear()

    with pytest.raises(WeightsRefused, match=r"model\.onnx: the hub answered 404"):
        ensure(tmp_path, file)


def test_a_hub_that_cannot_be_reached_is_said(tmp_path: Path, file: WeightFile) -> None:
    with pytest.raises(WeightsRefused, match=r"model\.onnx: the transfer failed"):
        ensure(tmp_path, replace(file, url="http://127.0.0.1:9/model.onnx"))


def test_a_full_disk_is_not_tried_again(
    tmp_path: Path, file: WeightFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[object] = []

    def download(*arguments: object) -> None:
        tries.append(arguments)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(downloads, "_download", download)

    with pytest.raises(WeightsRefused, match=r"model\.onnx: .*No space left"):
        ensure(tmp_path, file)
    assert len(tries) == 1


def test_offline_asks_no_host_and_says_where_a_missing_file_is_expected(
    tmp_path: Path, hub: FakeHub, file: WeightFile
) -> None:
    with pytest.raises(WeightsRefused, match=rf"expected it at {tmp_path}/model\.onnx"):
        ensure(tmp_path, file, is_offline=True)
    assert hub.asked == []


def test_offline_takes_files_that_were_mounted(tmp_path: Path, file: WeightFile) -> None:
    (tmp_path / "model.onnx").write_bytes(CONTENT)

    assert ensure(tmp_path, file, is_offline=True) == []


def test_an_unknown_hash_is_pinned_at_the_first_fetch_and_said(
    tmp_path: Path, file: WeightFile
) -> None:
    said = ensure(tmp_path, replace(file, sha256=None))

    assert "PINNED AT THE FIRST FETCH" in said[1]
    assert json.loads((tmp_path / "models.lock.json").read_text()) == {"model.onnx": DIGEST}


def test_a_file_that_differs_from_the_lock_is_refused(
    tmp_path: Path, hub: FakeHub, file: WeightFile
) -> None:
    (tmp_path / "models.lock.json").write_text(json.dumps({"model.onnx": DIGEST}))
    hub.files["/model.onnx"] = CONTENT[::-1]

    with pytest.raises(WeightsRefused, match="sha256"):
        ensure(tmp_path, replace(file, sha256=None))


def test_the_manifest_names_one_dtype_of_parakeet_and_one_diarizer() -> None:
    manifest = load_manifest("https://hub.example")

    chosen = choose_files(manifest, "int8", "nemotron-3")

    assert [file.name for file in chosen] == [
        "encoder-model.int8.onnx",
        "decoder_joint-model.int8.onnx",
        "vocab.txt",
        "nemotron-3-diarization.onnx",
        "nemo_en_titanet_large.onnx",
    ]
    assert chosen[0].url.startswith("https://hub.example/istupakov/parakeet-tdt-0.6b-v3-onnx/")


def test_every_file_of_the_manifest_has_a_licence_and_known_hashes_are_whole() -> None:
    files = [file for model in load_manifest("https://hub.example").values() for file in model]

    assert all(file.licence for file in files)
    assert all(file.sha256 is None or len(file.sha256) == 64 for file in files)
