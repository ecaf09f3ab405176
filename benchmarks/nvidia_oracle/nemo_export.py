"""Checkpoints of NeMo → ONNX, with the graphs and names of the public exports.

    python -m benchmarks.nvidia_oracle.nemo_export MODELS OUT

MODELS holds parakeet.nemo, sortformer.nemo and titanet.nemo; OUT gets encoder-model.onnx,
decoder_joint-model.onnx, vocab.txt, diar_streaming_sortformer_4spk-v2.onnx and
nemo_en_titanet_large.onnx. It was tried on tiny untrained twins only.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from nemo.collections.asr.models import (
    ASRModel,
    EncDecSpeakerLabelModel,
    SortformerEncLabelModel,
)

SORTFORMER = "diar_streaming_sortformer_4spk-v2.onnx"
TITANET = "nemo_en_titanet_large.onnx"


def main() -> int:
    """Export the checkpoints of a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    names = ("parakeet.nemo", "sortformer.nemo", "titanet.nemo")
    if missing := [name for name in names if not (options.models / name).is_file()]:
        print(f"{options.models}: expected {', '.join(missing)}", file=sys.stderr)
        return 1
    export(options.models, options.out)
    return 0


def export(models: Path, out: Path) -> None:
    """Write the graphs of all three checkpoints, and Parakeet's vocabulary."""
    out.mkdir(parents=True, exist_ok=True)
    _export_parakeet(restored(ASRModel, models / "parakeet.nemo"), out)
    _export_sortformer(restored(SortformerEncLabelModel, models / "sortformer.nemo"), out)
    restored(EncDecSpeakerLabelModel, models / "titanet.nemo").export(str(out / TITANET))


def restored(kind: Any, path: Path) -> Any:
    """Load a checkpoint on the CPU."""
    return kind.restore_from(str(path), map_location="cpu", strict=False).eval()


def _export_parakeet(model: Any, out: Path) -> None:
    # Writes encoder-model.onnx and decoder_joint-model.onnx.
    model.export(str(out / "model.onnx"))
    pieces = [*model.tokenizer.vocab, "<blk>"]
    listed = "".join(f"{piece} {number}\n" for number, piece in enumerate(pieces))
    (out / "vocab.txt").write_text(listed, encoding="utf-8")


def _export_sortformer(model: Any, out: Path) -> None:
    """Export one step of the stream; the caller keeps its state.

    NeMo's own `streaming_export` has 80 bands and 512 numbers wired in.
    """
    modules, bands, width = (
        model.sortformer_modules,
        model._cfg.preprocessor.features,
        model.sortformer_modules.fc_d_model,
    )
    model.concat_and_pad_script = _packed
    cache, fifo = modules.spkcache_len, modules.fifo_len
    example = (
        *(torch.rand(2, 120, bands), torch.tensor([120, 96])),
        *(torch.randn(2, cache, width), torch.tensor([40, cache])),
        *(torch.randn(2, fifo, width), torch.tensor([0, fifo])),
    )
    axes = {"chunk": {0: "b", 1: "t"}, "spkcache": {0: "b", 1: "s"}, "fifo": {0: "b", 1: "f"}}
    axes |= {f"{name}_lengths": {0: "b"} for name in ("chunk", "spkcache", "fifo")}
    model.export(str(out / SORTFORMER), input_example=example, dynamic_axes=axes)


def _packed(parts: Sequence[Any], lengths: Sequence[Any]) -> tuple[Any, Any]:
    """Pack the rows of cache, queue and chunk to the left.

    NeMo's `concat_and_pad` loops over the batch, which torch 2.13 cannot export.
    """
    whole = torch.cat(list(parts), 1)
    places = torch.arange(sum(part.shape[1] for part in parts)).unsqueeze(0)
    ends = torch.cumsum(torch.stack(list(lengths), 1), 1)
    index, offset = places.expand(whole.shape[0], -1), 0
    for number in range(1, len(parts)):
        offset = offset + parts[number - 1].shape[1]
        before = ends[:, number - 1 : number]
        index = torch.where(places >= before, offset + places - before, index)
    index = index.clamp(max=whole.shape[1] - 1)
    wide = index.unsqueeze(-1).expand(-1, -1, whole.shape[2])
    return torch.gather(whole, 1, wide), ends[:, -1]


if __name__ == "__main__":
    raise SystemExit(main())
