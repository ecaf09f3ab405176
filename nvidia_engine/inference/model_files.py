"""The files of the three models in a folder."""

from dataclasses import dataclass
from pathlib import Path

DIARIZERS = {
    "nemotron-3": "nemotron-3-diarization.onnx",
    "sortformer-v2": "diar_streaming_sortformer_4spk-v2.onnx",
    "sortformer-v2.1": "diar_streaming_sortformer_4spk-v2.1.onnx",
}
DIARIZER_NAMES = {
    "nemotron-3": "nemotron-3-diarization",
    "sortformer-v2": "sortformer-4spk-v2",
    "sortformer-v2.1": "sortformer-4spk-v2.1",
}
RECOGNIZER_NAME, EMBEDDER_NAME = "parakeet-tdt-0.6b-v3", "titanet-large"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of the models in use."""

    encoder: Path
    decoder: Path
    vocabulary: Path
    diarizer: Path
    embedder: Path

    def missing(self) -> list[Path]:
        """List the files that are not there."""
        paths = (self.encoder, self.decoder, self.vocabulary, self.diarizer, self.embedder)
        return [path for path in paths if not path.is_file()]


def find_files(folder: Path, dtype: str, diarizer: str) -> ModelFiles:
    """Name the files for a dtype (fp32, fp16, int8) and a diarizer."""
    suffix = "" if dtype == "fp32" else f".{dtype}"
    return ModelFiles(
        folder / f"encoder-model{suffix}.onnx",
        folder / f"decoder_joint-model{suffix}.onnx",
        folder / "vocab.txt",
        folder / DIARIZERS[diarizer],
        folder / "nemo_en_titanet_large.onnx",
    )
