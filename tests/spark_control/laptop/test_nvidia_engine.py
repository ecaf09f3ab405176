"""NVIDIA's models beside the command, from a folder; tiny twins of them here."""

from pathlib import Path

import pytest

from tests.nvidia_engine.models_folder import engine_environment, make_models_folder
from tests.spark_control.laptop.launcher import Laptop

ASK = """
import json, os, urllib.request
with urllib.request.urlopen(os.environ["PARAKEET_URL"] + "/health") as answer:
    print(json.load(answer)["models"]["transcription"])
print(os.environ["PARAKEET_URL"] == os.environ["KOKORO_URL"])
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_models_folder(tmp_path_factory.mktemp("nvidia") / "models")


def test_a_folder_of_models_replaces_the_built_in_engine_for_recordings(
    laptop: Laptop, models: Path
) -> None:
    tiny = {**engine_environment(models), "PARAKEET_MODELS": str(models)}

    ran = laptop.run("--no-database", "--", "python", "-c", ASK, **tiny)

    assert ran.stdout == "parakeet-tdt-0.6b-v3\nFalse\n"
    assert "NVIDIA engine … ready" in ran.stderr


def test_a_folder_that_lacks_a_file_shows_which(laptop: Laptop, tmp_path: Path) -> None:
    ran = laptop.run("--no-database", "--", "true", PARAKEET_MODELS=str(tmp_path))

    assert ran.returncode == 1
    assert "encoder-model.int8.onnx is missing" in ran.stderr
