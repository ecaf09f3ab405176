"""A tiny, untrained twin of Nemotron 3 Diarization: transformers' own class, few parameters."""

import json
from pathlib import Path
from typing import Any

import onnx
import torch
from transformers import (
    Nemotron3DiarizationConfig,
    Nemotron3DiarizationForAudioFrameClassification,
)

SEED = 7
# As for NeMo's twins: lively heads, so that a wrong cache shows.
HEAD_GAIN = 12
INPUTS = ["chunk", "chunk_lengths", "spkcache", "spkcache_lengths", "fifo", "fifo_lengths"]
OUTPUTS = [
    "spkcache_fifo_chunk_preds",
    "chunk_pre_encode_embs",
    "chunk_pre_encode_lengths",
    "chunk_preds_high_res",
]


def build_twin() -> Any:
    """Build the model; the seed decides every number."""
    torch.manual_seed(SEED)
    audio = {"hidden_size": 64, "num_hidden_layers": 2}
    audio |= {"num_attention_heads": 4, "intermediate_size": 128}
    heads = {"audio_hidden_size": 64, "hidden_size": 32}
    config = Nemotron3DiarizationConfig(audio_config=audio, head_config=heads)
    model = Nemotron3DiarizationForAudioFrameClassification(config).eval()
    model.requires_grad_(False)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() >= 2 and not name.startswith("model.audio_tower.layers"):
                weight.mul_(HEAD_GAIN)
        model.silence_embeds.normal_()
    return model


class Step(torch.nn.Module):
    """One step of the stream, with the inputs and outputs of the public single-file export."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        chunk: Any,
        chunk_lengths: Any,
        spkcache: Any,
        spkcache_lengths: Any,
        fifo: Any,
        fifo_lengths: Any,
    ) -> tuple[Any, Any, Any, Any]:
        """Return activity each 80 ms, the chunk's embeddings, their count, activity each 10 ms."""
        tower = self.model.model.audio_tower
        rows = tower.embedder.projection(chunk.reshape(1, -1, 8 * 128))
        whole = torch.cat([spkcache, fifo, rows], 1)
        hidden = tower.input_layer_norm(whole)
        turned = tower.rotary_emb(whole, torch.arange(whole.shape[1])[None])
        for layer in tower.layers:
            hidden = layer(hidden, attention_mask=None, position_embeddings=turned)
        hidden = self.model.model.upsampler(self.model.model.proj(tower.layer_norm(hidden)))
        fine = self.model.classifier(hidden).sigmoid()
        coarse = fine.reshape(1, -1, 8, fine.shape[2]).mean(2)
        # Keeps the lengths in the graph.
        used = 0.0 * (spkcache_lengths + fifo_lengths)[0]
        return coarse + used, rows, (chunk_lengths + 7) // 8, fine


def export(model: Any, path: Path) -> None:
    """Write the step's graph, with the learned silence in its metadata."""
    one = torch.ones(1, dtype=torch.long)
    example = (
        *(torch.rand(1, 96, 128), one * 96),
        *(torch.rand(1, 7, 64), one * 7),
        *(torch.rand(1, 3, 64), one * 3),
    )
    torch.onnx.export(
        Step(model),
        example,
        str(path),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamo=False,
        opset_version=17,
        dynamic_axes={"chunk": {1: "t"}, "spkcache": {1: "s"}, "fifo": {1: "f"}},
    )
    saved = onnx.load(str(path))
    silence = json.dumps([float(number) for number in model.silence_embeds])
    for key, value in {"silence": silence, "speakers": "8"}.items():
        saved.metadata_props.add(key=key, value=value)
    onnx.save(saved, str(path))
