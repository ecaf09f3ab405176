"""The distance of the engine's own code from NeMo and transformers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nemo.collections.asr.modules.sortformer_modules import SortformerModules
from nemo.collections.asr.parts.utils.vad_utils import ts_vad_post_processing
from numpy.typing import NDArray
from transformers.models.nemotron3_diarization.modeling_nemotron3_diarization import (
    Nemotron3DiarizationSpeakerCache,
)

from benchmarks.nvidia_oracle.nemo_export import SORTFORMER, TITANET
from benchmarks.nvidia_oracle.nemo_twins import cache_settings
from benchmarks.nvidia_oracle.reference import (
    Oracle,
    Reference,
    embedding_of,
    random_batches,
)
from nvidia_engine.device import Device
from nvidia_engine.diarization import geometry, turns
from nvidia_engine.diarization.speaker_cache import compress
from nvidia_engine.diarization.stream import stream_activity
from nvidia_engine.features import Samples, frame_count, mel_rows, normalize
from nvidia_engine.sessions import Recognizer, SpeakerEncoder, StreamingDiarizer

# The frames of a group in NeMo's features for TitaNet.
PAD_TO = 16
CACHES, SPEECHES = 200, 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison: a figure, and what it may be."""

    what: str
    figure: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Graphs:
    """The exported twins, as the engine runs them."""

    recognizer: Recognizer
    sortformer: StreamingDiarizer
    nemotron: StreamingDiarizer
    embed: SpeakerEncoder


def open_graphs(folder: Path, nemotron: Path) -> Graphs:
    """Open the exported twins."""
    cpu = Device("cpu", threads=1)
    return Graphs(
        Recognizer(folder / "encoder-model.onnx", folder / "decoder_joint-model.onnx", cpu),
        StreamingDiarizer(folder / SORTFORMER, cpu),
        StreamingDiarizer(nemotron, cpu),
        SpeakerEncoder(folder / TITANET, cpu),
    )


def compare(graphs: Graphs, oracle: Oracle, expected: Reference) -> Iterator[Finding]:
    """Compare part after part."""
    samples = oracle.samples
    yield at_most("log-mel features, largest difference", mel_difference(expected, samples), 5e-4)
    own = normalize(mel_rows(samples[:32_000], 0, 200, bands=128))
    off = float(np.abs(own - expected["mel_asr"]).max())
    yield at_most("the same normalized", off, 5e-4)
    for name, diarizer in (("sortformer", graphs.sortformer), ("nemotron", graphs.nemotron)):
        off = activity_difference(diarizer, samples, expected[f"{name}_activity"])
        yield at_most(f"{name}'s stream over 166 s, largest difference", off, 1e-4)
    equal = equal_sequences(graphs.recognizer, expected)
    yield Finding("token sequences of ragged batches", f"{equal} of 100 equal", equal == 100)
    rows = mel_rows(samples[:320_000], 0, 2_000, bands=128)
    [tokens] = graphs.recognizer([normalize(rows)])
    is_same = [token.number for token in tokens] == expected["parakeet_tokens"].tolist()
    is_same &= [token.frame for token in tokens] == expected["parakeet_frames"].tolist()
    yield Finding("tokens and frames of 20 s", "equal" if is_same else "differ", is_same)
    yield from _compare_voices(graphs, oracle, expected)
    yield from _compare_caches(graphs)
    yield from _compare_turns()


def at_most(what: str, figure: float, limit: float) -> Finding:
    """Find a difference within a limit."""
    return Finding(what, f"{figure:.1e} (at most {limit:.0e})", figure <= limit)


def mel_difference(expected: Reference, samples: Samples) -> float:
    """Measure the features of the first 2 s against NeMo's."""
    rows = mel_rows(samples[:32_000], 0, 200, bands=128)
    return float(np.abs(rows - expected["mel_dia"]).max())


def activity_difference(
    diarizer: StreamingDiarizer,
    samples: Samples,
    expected: NDArray[np.float32],
    silence: NDArray[np.float32] | None = None,
    schedule: geometry.Geometry | None = None,
) -> float:
    """Run a whole stream, with other silence or schedule where given, and compare each frame."""
    facts = diarizer.facts
    parts = stream_activity(
        diarizer,
        lambda start, end: mel_rows(samples, start, end, facts.bands),
        frame_count(len(samples)),
        schedule or facts.geometry,
        facts.silence if silence is None else silence,
        facts.speakers,
    )
    activity = np.concatenate(list(parts))
    return float(np.abs(activity - expected[: len(activity)]).max())


def equal_sequences(recognizer: Recognizer, expected: Reference) -> int:
    """Count the ragged rows whose tokens are NeMo's."""
    listed, equal = expected["tdt_tokens"], 0
    for case, (encoded, counts) in enumerate(random_batches()):
        for row, tokens in enumerate(recognizer.decode(encoded, counts)):
            is_row = (listed[:, 0] == case) & (listed[:, 1] == row)
            equal += [token.number for token in tokens] == listed[is_row, 2].tolist()
    return equal


def _compare_voices(graphs: Graphs, oracle: Oracle, expected: Reference) -> Iterator[Finding]:
    samples = oracle.samples[:128_000]
    [own] = graphs.embed([normalize(mel_rows(samples, 0, 800, bands=80))])
    oracle.titanet.preprocessor.featurizer.pad_to = PAD_TO
    with torch.inference_mode():
        padded = embedding_of(oracle, samples[:127_000])
    oracle.titanet.preprocessor.featurizer.pad_to = 0
    [short] = graphs.embed([normalize(mel_rows(samples[:127_000], 0, 793, bands=80))])
    for what, mine, theirs in (
        ("an embedding", own, expected["titanet"]),
        (f"an embedding of features padded to {PAD_TO} frames", short, padded),
    ):
        cosine = float(mine @ theirs / np.linalg.norm(mine) / np.linalg.norm(theirs))
        yield Finding(what, f"cosine {cosine:.6f}", cosine >= 0.9999)


def _compare_caches(graphs: Graphs) -> Iterator[Finding]:
    for speakers in (4, 8):
        equal = sum(_is_nemos_cache(speakers, seed) for seed in range(CACHES))
        what = f"random caches of {speakers} speakers against NeMo's"
        yield Finding(what, f"{equal} of {CACHES} equal", equal == CACHES)
    silence = graphs.nemotron.facts.silence
    equal = sum(_is_transformers_cache(silence, seed) for seed in range(CACHES))
    what = "random caches of 8 speakers against transformers'"
    yield Finding(what, f"{equal} of {CACHES} equal", equal == CACHES)


Rows = NDArray[np.float32]


def _random_rows(seed: int, cache: int, speakers: int) -> tuple[Rows, Rows, Rows]:
    """Draw rows of a cache; half of them have speakers who were not there yet."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(cache + 1, 700))
    activity = rng.beta(0.3, 0.9, (count, speakers)).astype(np.float32)
    activity[:, rng.integers(0, speakers) :] *= rng.random() < 0.5
    embeddings = rng.standard_normal((count, 64)).astype(np.float32)
    return embeddings, activity, rng.standard_normal(64).astype(np.float32)


def _is_nemos_cache(speakers: int, seed: int) -> bool:
    schedule = geometry.SORTFORMER
    embeddings, activity, silence = _random_rows(seed, schedule.cache, speakers)
    modules = SortformerModules(**cache_settings(speakers)).eval()
    theirs, held, _ = modules._compress_spkcache(
        torch.tensor(embeddings)[None], torch.tensor(activity)[None], torch.tensor(silence)[None]
    )
    own, own_held = compress(embeddings, activity, silence, schedule)
    return np.array_equal(theirs[0].numpy(), own) and np.array_equal(held[0].numpy(), own_held)


def _is_transformers_cache(silence: Rows, seed: int) -> bool:
    from transformers import Nemotron3DiarizationConfig

    embeddings, activity, _ = _random_rows(seed, geometry.NEMOTRON.cache, 8)
    cache: Any = Nemotron3DiarizationSpeakerCache(Nemotron3DiarizationConfig().streaming_config)
    theirs, held = cache._compress(
        torch.tensor(embeddings)[None], torch.tensor(activity)[None], torch.tensor(silence)
    )
    own, own_held = compress(embeddings, activity, silence, geometry.NEMOTRON)
    return np.array_equal(theirs[0].numpy(), own) and np.array_equal(held[0].numpy(), own_held)


def _compare_turns() -> Iterator[Finding]:
    for name, preset, frame_s in (
        ("Sortformer's preset", turns.SORTFORMER, 0.08),
        ("Nemotron's preset", turns.NEMOTRON, 0.01),
    ):
        equal = sum(_are_nemos_turns(preset, frame_s, seed) for seed in range(SPEECHES))
        what = f"random activity of a minute with {name}, turns against NeMo's"
        yield Finding(what, f"{equal} of {SPEECHES} equal", equal == SPEECHES)


def _are_nemos_turns(preset: turns.Preset, frame_s: float, seed: int) -> bool:
    rng, frames = np.random.default_rng(seed), round(60 / frame_s)
    # Between frames, so that no gap is as long as the limit: NeMo's seconds have 32 bits.
    preset = replace(preset, min_off=preset.min_off + 0.003)
    steps = round(rng.uniform(0.05, 1.0) / frame_s) or 1
    activity = np.repeat(rng.beta(0.3, 0.5, frames // steps + 1), steps)[:frames]
    activity += rng.normal(0, 0.05, frames)
    # NeMo cuts speech that lasts to the end by a frame, lets pads pass it, and merges pads that
    # reach back to 0 in the order of an unstable sort.
    second = round(1 / frame_s)
    activity[:second] = activity[-second:] = 0
    small = np.asarray(np.rint(activity.clip(0, 1) * turns.FULL), np.uint8)
    own, _ = turns.find_turns(small[:, None], frame_s, preset)
    settings: Any = {
        "onset": preset.onset,
        "offset": preset.offset,
        "pad_onset": preset.pad_on,
        "pad_offset": preset.pad_off,
        "min_duration_on": preset.min_on,
        "min_duration_off": preset.min_off,
    }
    probabilities = torch.tensor(small / turns.FULL, dtype=torch.float64)
    theirs = ts_vad_post_processing(probabilities, settings, round(frame_s / turns.UNIT_S)).numpy()
    mine = np.array([[turn.start, turn.end] for turn in own]).reshape(-1, 2)
    return mine.shape == theirs.shape and np.allclose(mine, theirs, atol=2e-3)
