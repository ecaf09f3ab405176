"""The answers of NeMo and transformers that the tests are compared with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from nemo.collections.asr.models import (
    ASRModel,
    EncDecSpeakerLabelModel,
    SortformerEncLabelModel,
)
from numpy.typing import NDArray

from benchmarks.nvidia_oracle.nemo_export import restored
from nvidia_engine.features import Samples, frame_count, mel_rows

CLINIC = Path(__file__).resolve().parents[1] / "clinic" / "mono.flac"
Reference = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Oracle:
    """The models as their own libraries run them, and the recording that they hear."""

    parakeet: Any
    sortformer: Any
    titanet: Any
    nemotron: Any
    samples: Samples


def load_oracle(models: Path, nemotron: Any) -> Oracle:
    """Load NeMo's twins from their checkpoints."""
    samples, rate = soundfile.read(CLINIC, dtype="float32")
    assert rate == 16_000  # noqa: S101 — the recording is ours
    return Oracle(
        restored(ASRModel, models / "parakeet.nemo"),
        restored(SortformerEncLabelModel, models / "sortformer.nemo"),
        restored(EncDecSpeakerLabelModel, models / "titanet.nemo"),
        nemotron,
        samples,
    )


def compute_reference(oracle: Oracle) -> Reference:
    """Ask everything that the tests compare; the arrays of reference.npz."""
    two_seconds = oracle.samples[:32_000]
    with torch.inference_mode():
        heard = transcribed(oracle, oracle.samples[:320_000])
        return {
            "mel_dia": mel_of(oracle.sortformer, two_seconds)[:200],
            "mel_asr": mel_of(oracle.parakeet, two_seconds)[:200],
            "sortformer_activity": oracle.sortformer.forward(*_batch(oracle.samples))[0].numpy(),
            "nemotron_activity": _nemotron_activity(oracle),
            "tdt_tokens": _random_tokens(oracle),
            "parakeet_tokens": np.array([int(token) for token in heard.y_sequence], np.int16),
            "parakeet_frames": np.array(
                [int(frame) for frame in heard.timestamp["timestep"]], np.int16
            ),
            "titanet": embedding_of(oracle, oracle.samples[:128_000]),
        }


def transcribed(oracle: Oracle, samples: Samples) -> Any:
    """Transcribe with NeMo's own decoder."""
    [heard] = oracle.parakeet.transcribe(
        [samples], timestamps=True, verbose=False, return_hypotheses=True
    )
    return heard


def mel_of(model: Any, samples: Samples) -> NDArray[np.float32]:
    """Compute features with a model's own preprocessor: (frames, bands)."""
    signal, length = _batch(samples)
    features, _ = model.preprocessor(input_signal=signal, length=length)
    return np.asarray(features[0].T.numpy(), np.float32)


def embedding_of(oracle: Oracle, samples: Samples) -> NDArray[np.float32]:
    """Embed samples with NeMo's own TitaNet."""
    signal, length = _batch(samples)
    _, vectors = oracle.titanet.forward(input_signal=signal, input_signal_length=length)
    return np.asarray(vectors[0].numpy(), np.float32)


def random_batches() -> list[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """Build 20 ragged batches of 5 encoder outputs; the tests draw the same."""
    rng = np.random.default_rng(1)
    return [
        (
            (rng.standard_normal((5, 64, 120)) * rng.uniform(2, 30)).astype(np.float32),
            rng.integers(1, 121, 5),
        )
        for _ in range(20)
    ]


def _random_tokens(oracle: Oracle) -> NDArray[np.int16]:
    """Decode them with NeMo: batch, row, token."""
    found = []
    for case, (encoded, counts) in enumerate(random_batches()):
        rows = oracle.parakeet.decoding.rnnt_decoder_predictions_tensor(
            torch.tensor(encoded), torch.tensor(counts), return_hypotheses=True
        )
        found += [
            [case, row, int(token)] for row, one in enumerate(rows) for token in one.y_sequence
        ]
    return np.array(found, np.int16)


def _nemotron_activity(oracle: Oracle) -> NDArray[np.float32]:
    rows = mel_rows(oracle.samples, 0, frame_count(len(oracle.samples)), bands=128)
    logits = oracle.nemotron(input_features=torch.tensor(rows)[None]).logits
    return np.asarray(logits.sigmoid()[0].numpy(), np.float32)


def _batch(samples: Samples) -> tuple[Any, Any]:
    return torch.tensor(samples)[None], torch.tensor([len(samples)])
