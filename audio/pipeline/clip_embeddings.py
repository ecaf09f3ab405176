"""How does whoever talks in a short clip sound?"""

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
from audio.pipeline.parallel_calls import admitted_in_parallel


@dataclass(frozen=True, slots=True)
class ClipVoice:
    """How somebody sounds, in one space, by the name that the engine gives it."""

    embedding: Embedding
    space: str


def embed_clips(clips: Sequence[NDArray[np.float32]]) -> list[ClipVoice | None]:
    """How does the one who talks most in each clip sound? None where nobody is heard.

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
        heard = admitted_in_parallel(parakeet.parakeet(), *calls)
        return [_voice(one) for one in heard]


def _voice(heard: Diarization) -> ClipVoice | None:
    talk = speaking_time(heard.turns)
    voices = {
        label: vector
        for label, vector in heard.embeddings.items()
        if vector.any() and talk.get(label)
    }
    if not voices:
        return None
    space = heard.models.get("embedding", "")
    if not space:
        raise parakeet.parakeet().nonsense("it does not say what model its fingerprints are of")
    return ClipVoice(voices[max(voices, key=lambda label: talk[label])], space)
