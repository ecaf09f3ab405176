"""The embeddings of voices in short clips, and of each speaker of a recording."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.engines import roles
from audio.engines.dialects.dialect import ClipEmbedding
from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE, clips
from audio.media.encoding import pcm, wav
from audio.media.recording import Recording
from audio.merge.speaker_clips import choose_clips, clips_in_order, mean_embedding
from audio.merge.values import Embedding, Turn
from audio.pipeline.analysis.parallel_calls import call_in_parallel, run_in_parallel

Samples = NDArray[np.float32]


def embed_clips(clips: Sequence[Samples]) -> list[ClipEmbedding | None]:
    """Return the embedding of the speaker who talks most in each clip; None without a speaker.

    Raises
    ------
    EngineError
    """
    if not clips:
        return []
    with _files(clips) as files:
        calls = [partial(roles.embed, file) for file in files]
        return call_in_parallel(["voices"], *calls)


def speaker_embeddings(
    recording: Recording,
    turns: Sequence[Turn],
    *,
    longest_s: float,
    attempt: Callable[[Callable[[], Any]], Any],
) -> tuple[dict[str, Embedding], str]:
    """Return the embedding of each label that talks alone long enough, and their space.

    `longest_s` is how much speech of a label is heard at most; `attempt` makes a call to an
    engine.

    Raises
    ------
    EngineError, UnusableAudio
    """
    chosen = clips_in_order(choose_clips(turns, longest_s=longest_s))
    if not chosen:
        return {}, ""
    samples = clips(recording, [span for _, span in chosen])
    with _files(samples) as files:
        calls = [partial(attempt, partial(roles.embed, file)) for file in files]
        found: list[ClipEmbedding | None] = run_in_parallel(*calls)
    space = _space_of(found)
    by_label: dict[str, list[tuple[Embedding, float]]] = {}
    for (label, span), one in zip(chosen, found, strict=True):
        if one is not None:
            by_label.setdefault(label, []).append((one.embedding, span.end - span.start))
    means = {
        label: mean_embedding(*zip(*voices, strict=True)) for label, voices in by_label.items()
    }
    return {label: mean for label, mean in means.items() if mean is not None}, space


def _space_of(found: Sequence[ClipEmbedding | None]) -> str:
    """Return the one space of embeddings.

    Raises
    ------
    EngineNonsense
    """
    spaces = {(one.space, len(one.embedding)) for one in found if one is not None}
    if len(spaces) > 1:
        voices = roles.configured("voices").pool.first
        raise voices.bad_answer("its embeddings differ in model or length")
    return next(iter(spaces), ("", 0))[0]


@contextmanager
def _files(samples: Sequence[Samples]) -> Iterator[list[Recording]]:
    """Yield clips as WAV files, deleted after the block."""
    with TemporaryDirectory(prefix="clips-", dir=temporary_files.folder()) as folder:
        files = []
        for number, clip in enumerate(samples):
            path, content = Path(folder, f"{number}.wav"), wav(pcm(clip))
            temporary_files.check_room(len(content))
            path.write_bytes(content)
            files.append(Recording(path, ".wav", seconds=len(clip) / SAMPLE_RATE))
        yield files
