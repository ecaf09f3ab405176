"""Small synthetic recordings, with numbers that a reader can check by hand."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from audio.merge.tracks.loudness import Track
from audio.merge.tracks.two_track_transcript import AnalysedTrack
from audio.merge.values import Diarization, Embedding, Transcription, Turn, Word

RATE = 1000


def track(*runs: tuple[float, float], rate: int = RATE, offset: float = 0.0) -> Track:
    """Return a track of runs of (level, seconds): samples alternate around the offset."""
    parts = [level * np.tile([1.0, -1.0], round(seconds * rate / 2)) for level, seconds in runs]
    samples = (np.concatenate(parts) + offset).astype(np.float32)
    return Track(rate, lambda: [samples])


def words(*transcribed: tuple[float, float, str]) -> tuple[Word, ...]:
    return tuple(Word(start, end, text) for start, end, text in transcribed)


def turns(*spoken: tuple[float, float, str]) -> tuple[Turn, ...]:
    return tuple(Turn(start, end, speaker) for start, end, speaker in spoken)


def axis(index: int, length: float = 1.0) -> Embedding:
    """Return an embedding of four numbers along one axis: two axes have a cosine of 0."""
    vector = np.zeros(4)
    vector[index] = length
    return vector


def diarization(
    *spoken: tuple[float, float, str],
    speakers: Sequence[str] = (),
    embeddings: Mapping[str, Embedding] | None = None,
    duration: float | None = None,
) -> Diarization:
    labels = tuple(speakers) or tuple(dict.fromkeys(speaker for _, _, speaker in spoken))
    return Diarization(turns(*spoken), labels, embeddings or {}, duration)


def answer(
    diarized: Diarization,
    transcribed: Iterable[Word],
    samples: Track | None = None,
    text: str = "",
) -> AnalysedTrack:
    return AnalysedTrack(diarized, Transcription(text, tuple(transcribed)), samples)
