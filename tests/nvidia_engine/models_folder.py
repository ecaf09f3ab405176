"""A folder of tiny random twins of the models, as the engine expects one."""

import json
import shutil
from pathlib import Path

from nvidia_engine.weights.downloads import sha256_of

TINY = Path(__file__).parent / "data" / "tiny"
NAMES = {
    "encoder-model.onnx": "encoder-model.onnx",
    "decoder_joint-model.onnx": "decoder_joint-model.onnx",
    "vocab.txt": "vocab.txt",
    "nemotron-3-diarization.onnx": "nemotron3.onnx",
    "diar_streaming_sortformer_4spk-v2.onnx": "sortformer.onnx",
    "nemo_en_titanet_large.onnx": "titanet.onnx",
}
_MODELS = {
    "words": ["encoder-model.onnx", "decoder_joint-model.onnx", "vocab.txt"],
    "nemotron-3": ["nemotron-3-diarization.onnx"],
    "sortformer-v2": ["diar_streaming_sortformer_4spk-v2.onnx"],
    "voices": ["nemo_en_titanet_large.onnx"],
}


def make_models_folder(folder: Path, **replaced: Path) -> Path:
    """Copy the tiny graphs under their public names, with a manifest and a known answer.

    Parameters
    ----------
    replaced
        Other graphs, by their name in `data/tiny` without its ending.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in NAMES.items():
        path = replaced.get(Path(source).stem.replace("-", "_"), TINY / source)
        shutil.copyfile(path, folder / name)
    shutil.copytree(TINY / "probe", folder / "probe", dirs_exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(_manifest(folder)))
    return folder


def _manifest(folder: Path) -> dict[str, object]:
    return {
        model: {
            "licence": "Apache-2.0",
            "source": "http://127.0.0.1:9/none",
            "files": [
                {
                    "name": name,
                    "dtype": None,
                    "bytes": (folder / name).stat().st_size,
                    "sha256": sha256_of(folder / name),
                }
                for name in names
            ],
        }
        for model, names in _MODELS.items()
    }


def engine_environment(folder: Path, **settings: str) -> dict[str, str]:
    """Settings of an engine over such a folder."""
    return {
        "MODELS_DIR": str(folder),
        "MODELS_MANIFEST": str(folder / "manifest.json"),
        "OFFLINE": "true",
        "DEVICE": "cpu",
        "ASR_DTYPE": "fp32",
        "ENGINE_THREADS": "1",
        **settings,
    }
