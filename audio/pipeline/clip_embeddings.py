"""The embedding of the voice in each of several short clips."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from audio.engines import roles
from audio.engines.dialects.dialect import ClipEmbedding
from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.pipeline.parallel_calls import call_in_parallel


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
            partial(roles.embed, Recording(path, ".wav", seconds=len(samples) / SAMPLE_RATE))
            for path, samples in zip(paths, clips, strict=True)
        ]
        return call_in_parallel(roles.configured("voices"), *calls)
