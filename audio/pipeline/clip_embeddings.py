"""The embedding of the voice in each of several short clips."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from audio.engines.dialects import parakeet
from audio.engines.dialects.parakeet import diarize_chunk
from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speaking_time
from audio.merge.values import Diarization, Embedding
from audio.pipeline.parallel_calls import call_engine_in_parallel


@dataclass(frozen=True, slots=True)
class ClipEmbedding:
    """The embedding of a voice, and the engine's name of its space."""

    embedding: Embedding
    space: str


def embed_clips(clips: Sequence[NDArray[np.float32]]) -> list[ClipEmbedding | None]:
    """Return the embedding of the speaker who talks most in each clip; None without a speaker.

    Raises
    ------
    EngineError
    """
    if not clips:
        return []
    with TemporaryDirectory(prefix="clips-", dir=temporary_files.folder()) as folder:
        paths = [Path(folder, f"{number}.wav") for number in range(len(clips))]
        for path, samples in zip(paths, clips, strict=True):
            path.write_bytes(wav(pcm(samples)))
        calls = [
            partial(diarize_chunk, Recording(path, ".wav", seconds=len(samples) / SAMPLE_RATE))
            for path, samples in zip(paths, clips, strict=True)
        ]
        diarizations = call_engine_in_parallel(parakeet.parakeet(), *calls)
        return [_main_voice(diarization) for diarization in diarizations]


def _main_voice(diarization: Diarization) -> ClipEmbedding | None:
    seconds = speaking_time(diarization.turns)
    voices = {
        label: embedding
        for label, embedding in diarization.embeddings.items()
        if embedding.any() and seconds.get(label)
    }
    if not voices:
        return None
    space = diarization.models.get("embedding", "")
    if not space:
        raise parakeet.parakeet().bad_answer("it does not name the model of its fingerprints")
    return ClipEmbedding(voices[max(voices, key=lambda label: seconds[label])], space)
