"""Tiny, untrained twins of Parakeet, Sortformer and TitaNet: NeMo's classes, few parameters."""

import io
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from nemo.collections.asr.models import (
    EncDecRNNTBPEModel,
    EncDecSpeakerLabelModel,
    SortformerEncLabelModel,
)
from omegaconf import OmegaConf

SEED = 7
# Rows of the positional tables: 1000 frames are 80 s; real checkpoints have 5000.
POSITIONS = 1000
DURATIONS = [0, 1, 2, 3, 4]
# Random heads hardly move: with these factors a wrong frame or cache shows.
JOINT_GAIN, HEAD_GAIN = 4, 6
SENTENCES = (
    "good morning everyone thanks for joining on short notice",
    "i have the figures in front of me so i can start whenever you like",
    "the electrical inspection is on the ninth of march and the permit is signed",
)
_MODULES = "nemo.collections.asr.modules"

Config = dict[str, Any]


def build_twins(folder: Path) -> None:
    """Write parakeet.nemo, sortformer.nemo and titanet.nemo; the seed decides every number."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    # In this order: each draws the numbers after the one before.
    twins = {"parakeet": _parakeet(folder), "sortformer": _sortformer(), "titanet": _titanet()}
    for name, twin in twins.items():
        twin.eval().save_to(str(folder / f"{name}.nemo"))


def _mel(bands: int, normalize: str) -> Config:
    return {
        "_target_": f"{_MODULES}.AudioToMelSpectrogramPreprocessor",
        "sample_rate": 16_000,
        "normalize": normalize,
        "window_size": 0.025,
        "window_stride": 0.01,
        "window": "hann",
        "features": bands,
        "n_fft": 512,
        "frame_splicing": 1,
        "dither": 0.0,
        "pad_to": 0,
    }


def _conformer(*, scales: bool) -> Config:
    return {
        "_target_": f"{_MODULES}.ConformerEncoder",
        "feat_in": 128,
        "feat_out": -1,
        "n_layers": 2,
        "d_model": 64,
        "subsampling": "dw_striding",
        "subsampling_factor": 8,
        "subsampling_conv_channels": 16,
        "causal_downsampling": False,
        "ff_expansion_factor": 4,
        "self_attention_model": "rel_pos",
        "n_heads": 4,
        "att_context_size": [-1, -1],
        "xscaling": scales,
        "untie_biases": True,
        "pos_emb_max_len": POSITIONS,
        "conv_kernel_size": 9,
        "conv_norm_type": "batch_norm",
        "dropout": 0.1,
        "dropout_pre_encoder": 0.1,
        "dropout_emb": 0.0,
        "dropout_att": 0.1,
    }


def _tokenizer(folder: Path, pieces: int = 64) -> str:
    """Train SentencePiece on three sentences."""
    folder.mkdir(parents=True, exist_ok=True)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 20),
        model_writer=model,
        vocab_size=pieces,
        model_type="bpe",
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    listed = [f"{processor.id_to_piece(n)}\n" for n in range(processor.get_piece_size())]
    (folder / "vocab.txt").write_text("".join(listed))
    return str(folder)


def _parakeet(folder: Path) -> Any:
    sizes = {"enc_hidden": 64, "pred_hidden": 32, "joint_hidden": 32}
    config = {
        "sample_rate": 16_000,
        "compute_eval_loss": False,
        "log_prediction": False,
        "rnnt_reduction": "mean_volume",
        "model_defaults": {**sizes, "tdt_durations": DURATIONS, "num_tdt_durations": 5},
        "tokenizer": {"dir": _tokenizer(folder / "tokenizer"), "type": "bpe"},
        "preprocessor": _mel(128, "per_feature"),
        "encoder": _conformer(scales=False),
        "decoder": {
            "_target_": f"{_MODULES}.RNNTDecoder",
            "normalization_mode": None,
            "random_state_sampling": False,
            "blank_as_pad": True,
            "prednet": {"pred_hidden": 32, "pred_rnn_layers": 2, "t_max": None, "dropout": 0.2},
        },
        "joint": {
            "_target_": f"{_MODULES}.RNNTJoint",
            "log_softmax": None,
            "preserve_memory": False,
            "fuse_loss_wer": False,
            "fused_batch_size": -1,
            "num_extra_outputs": 5,
            "jointnet": {"joint_hidden": 32, "activation": "relu", "dropout": 0.2},
        },
        "decoding": {
            "strategy": "greedy_batch",
            "model_type": "tdt",
            "durations": DURATIONS,
            "greedy": {"max_symbols": 10, "loop_labels": True, "use_cuda_graph_decoder": False},
        },
        "loss": {
            "loss_name": "tdt",
            "tdt_kwargs": {"durations": DURATIONS, "sigma": 0.02, "omega": 0.1},
        },
    }
    model = EncDecRNNTBPEModel(cfg=OmegaConf.create(config))
    _enliven(model, ("joint.", "decoder."), JOINT_GAIN)
    return model


def _sortformer() -> Any:
    config = {
        "sample_rate": 16_000,
        "pil_weight": 0.5,
        "ats_weight": 0.5,
        "max_num_of_spks": 4,
        "streaming_mode": True,
        "async_streaming": False,
        "model_defaults": {"fc_d_model": 64, "tf_d_model": 32},
        "preprocessor": _mel(128, "NA"),
        "encoder": _conformer(scales=True),
        "sortformer_modules": {
            "_target_": f"{_MODULES}.sortformer_modules.SortformerModules",
            **cache_settings(speakers=4),
        },
        "transformer_encoder": {
            "_target_": f"{_MODULES}.transformer.transformer_encoders.TransformerEncoder",
            "num_layers": 2,
            "hidden_size": 32,
            "inner_size": 64,
            "num_attention_heads": 4,
            "attn_score_dropout": 0.1,
            "attn_layer_dropout": 0.1,
            "ffn_dropout": 0.1,
            "hidden_act": "relu",
            "pre_ln": False,
            "pre_ln_final_layer_norm": True,
        },
        "loss": {
            "_target_": "nemo.collections.asr.losses.bce_loss.BCELoss",
            "weight": None,
            "reduction": "mean",
        },
        "lr": 1e-4,
    }
    model = SortformerEncLabelModel(cfg=OmegaConf.create(config))
    _enliven(model, ("sortformer_modules.",), HEAD_GAIN)
    return model


def cache_settings(speakers: int) -> Config:
    """Return the schedule and the cache's policy for recordings, "very high latency"."""
    return {
        "num_spks": speakers,
        "dropout_rate": 0.5,
        "fc_d_model": 64,
        "tf_d_model": 32,
        "spkcache_len": 188,
        "fifo_len": 40,
        "chunk_len": 340,
        "spkcache_update_period": 300,
        "chunk_left_context": 1,
        "chunk_right_context": 40,
        "spkcache_sil_frames_per_spk": 3,
        "scores_add_rnd": 0,
        "pred_score_threshold": 0.25,
        "max_index": 99_999,
        "scores_boost_latest": 0.05,
        "sil_threshold": 0.2,
        "strong_boost_rate": 0.75,
        "weak_boost_rate": 1.5,
        "min_pos_scores_rate": 0.5,
        "causal_attn_rate": 0.5,
        "causal_attn_rc": 7,
    }


def _titanet() -> Any:
    config = {
        "sample_rate": 16_000,
        "labels": None,
        "preprocessor": _mel(80, "per_feature"),
        "encoder": {
            "_target_": f"{_MODULES}.ConvASREncoder",
            "feat_in": 80,
            "activation": "relu",
            "conv_mask": True,
            "jasper": [_block(64, 3, False), _block(64, 7, True), _block(96, 1, False)],
        },
        "decoder": {
            "_target_": f"{_MODULES}.SpeakerDecoder",
            "feat_in": 96,
            "num_classes": 10,
            "pool_mode": "attention",
            "emb_sizes": 192,
            "angular": True,
            "attention_channels": 16,
        },
        "loss": {
            "_target_": "nemo.collections.asr.losses.angularloss.AngularSoftmaxLoss",
            "scale": 30,
            "margin": 0.2,
        },
    }
    return EncDecSpeakerLabelModel(cfg=OmegaConf.create(config))


def _block(filters: int, kernel: int, residual: bool) -> Config:
    return {
        "filters": filters,
        "repeat": 1,
        "kernel": [kernel],
        "stride": [1],
        "dilation": [1],
        "dropout": 0.1,
        "residual": residual,
        "separable": True,
        "se": True,
        "se_context_size": -1,
    }


def _enliven(model: Any, names: tuple[str, ...], gain: int) -> None:
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.startswith(names) and weight.dim() == 2:
                weight.mul_(gain)
