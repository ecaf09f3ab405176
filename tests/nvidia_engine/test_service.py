"""Starting, and losing health, in this process: each child is a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nvidia_engine import settings
from nvidia_engine.device import Device
from nvidia_engine.features import SAMPLE_RATE, Samples
from nvidia_engine.inference.child import Child
from nvidia_engine.inference.model_files import ModelFiles
from nvidia_engine.service import Service, StartChild, start_child
from tests.nvidia_engine.conftest import wav_of
from tests.nvidia_engine.inference import faulty_children
from tests.nvidia_engine.models_folder import TINY, make_models_folder
from tests.waiting import until


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch, tiny_models: Path) -> pytest.MonkeyPatch:
    """The settings of an engine over tiny graphs; a test changes one."""
    values = {
        "MODELS_DIR": tiny_models,
        "MODELS_MANIFEST": tiny_models / "manifest.json",
        "OFFLINE": True,
        "DEVICE": "cpu",
        "ASR_DTYPE": "fp32",
        "ENGINE_THREADS": 1,
        "PROBE_S": 0.2,
    }
    for name, value in values.items():
        monkeypatch.setattr(settings, name, value)
    return monkeypatch


def use_models(set_up: pytest.MonkeyPatch, folder: Path) -> None:
    set_up.setattr(settings, "MODELS_DIR", folder)
    set_up.setattr(settings, "MODELS_MANIFEST", folder / "manifest.json")


@contextmanager
def running(start: StartChild = start_child) -> Iterator[tuple[Service, list[str]]]:
    given_up: list[str] = []
    service = Service(given_up.append, start)
    service.start()
    try:
        yield service, given_up
    finally:
        service.stop()


def reason_for_giving_up(start: StartChild = start_child) -> str:
    with running(start) as (_, given_up):
        until(lambda: bool(given_up))
    return given_up[0]


def test_a_graph_with_other_names_is_refused_with_both_names(
    set_up: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_models(set_up, make_models_folder(tmp_path / "models", titanet=TINY / "tone.onnx"))

    reason = reason_for_giving_up()

    assert "nemo_en_titanet_large.onnx: expected inputs audio_signal, length" in reason
    assert "it has chunk" in reason


def test_a_missing_file_is_named(set_up: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = make_models_folder(tmp_path / "models")
    (folder / "vocab.txt").unlink()
    use_models(set_up, folder)

    assert "vocab.txt is missing, and OFFLINE=true" in reason_for_giving_up()


def test_a_dtype_that_the_manifest_lacks_is_named(
    set_up: pytest.MonkeyPatch, tiny_models: Path
) -> None:
    set_up.setattr(settings, "ASR_DTYPE", "fp16")
    manifest = settings.REPOSITORY / "nvidia_engine/weights/models.json"
    set_up.setattr(settings, "MODELS_MANIFEST", manifest)

    assert reason_for_giving_up() == "the manifest has no Parakeet in fp16; it has fp32, int8"


def test_int8_is_refused_on_cuda(set_up: pytest.MonkeyPatch) -> None:
    set_up.setattr(settings, "DEVICE", "cuda")
    set_up.setattr(settings, "ASR_DTYPE", "int8")

    assert "DEVICE=cuda: ASR_DTYPE=int8 is for the CPU" in reason_for_giving_up()


def test_answers_that_become_constants_are_found_and_healed_by_another_child(
    set_up: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def start(files: ModelFiles, device: Device, pieces: int) -> Child:
        return Child(faulty_children.serve_constants, (files, device, pieces, tmp_path))

    with running(start) as (service, given_up):
        until(lambda: service.health()["status"] == "healthy")
        (tmp_path / "constants").touch()
        until(lambda: service.restarts == 1)
        until(lambda: service.health()["status"] == "healthy")

    assert given_up == []


def test_sortformer_separates_at_most_four_and_the_known_answer_of_eight_is_wrong(
    set_up: pytest.MonkeyPatch, meeting: Samples, tmp_path: Path
) -> None:
    set_up.setattr(settings, "DIARIZER", "sortformer-v2")
    recording = tmp_path / "clip.wav"
    recording.write_bytes(wav_of(meeting[: 30 * SAMPLE_RATE]))

    with running() as (service, _):
        until(lambda: service.health()["status"] == "probe_failed")
        with service.recording(recording, lambda: False) as (engine, taken_on):
            diarization = engine.diarize(taken_on)
        health = service.health()

    assert 1 <= len(diarization.labels) <= 4
    assert (health["max_speakers"], diarization.frame_s) == (4, 0.08)
    assert re.search("'[0-4] speakers instead of 5.*', 'age_s': None", str(health["probe"]))


def test_the_process_that_answers_http_loads_no_onnxruntime() -> None:
    code = "import sys, nvidia_engine.http.views; print('onnxruntime' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.REPOSITORY, capture_output=True, text=True
    )

    assert answer.stdout == "False\n"
