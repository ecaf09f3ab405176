"""Diarization: the turns of a recording, and one embedding for each speaker.

The recording is segmented in overlapping windows; the local speakers of each are embedded and
clustered into people, the windows are stitched together, and every turn is embedded once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cpu_engine.audio_samples import SAMPLE_RATE, Samples
from cpu_engine.diarization.embeddings import Embedder, Vector, log_mel
from cpu_engine.diarization.frame_turns import find_turns
from cpu_engine.diarization.local_speakers import local_voices
from cpu_engine.diarization.segmentation import Segmenter
from cpu_engine.diarization.speaker_clustering import centroids
from cpu_engine.diarization.turn_relabelling import Relabelled, relabel
from cpu_engine.diarization.window_stitching import stitch


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """One anonymous speaker talking from start to end, in s."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Diarization:
    """Turns by start, and one embedding per speaker: (192,), unit length."""

    turns: tuple[SpeakerTurn, ...]
    embeddings: Mapping[str, Vector]


@dataclass(frozen=True, slots=True)
class Diarizer:
    """Two networks that together find who spoke when."""

    segmenter: Segmenter
    embedder: Embedder

    def __call__(self, samples: Samples) -> Diarization:
        """Diarize (samples,) at 16 kHz. A recording without speech has no turns."""
        duration_s = len(samples) / SAMPLE_RATE
        windows = self.segmenter(samples)
        features = log_mel(samples)
        voices = local_voices(windows, features, self.embedder)
        if not voices:
            return Diarization((), {})
        people = centroids(
            np.stack([voice.vector for voice in voices]),
            np.array([voice.clean_s for voice in voices]),
            np.array([voice.share_s for voice in voices]),
        )
        speaking = stitch(windows, voices, people, duration_s)
        relabelled = relabel(
            find_turns(speaking, duration_s),
            people,
            speaking=speaking,
            features=features,
            embedder=self.embedder,
        )
        return labelled(relabelled)


def labelled(relabelled: Relabelled) -> Diarization:
    """Name the speakers ``Speaker_0``, ``Speaker_1``, … by first appearance."""
    people = dict.fromkeys(turn.person for turn in relabelled.turns)
    labels = {person: f"Speaker_{number}" for number, person in enumerate(people)}
    turns = (SpeakerTurn(turn.start, turn.end, labels[turn.person]) for turn in relabelled.turns)
    return Diarization(
        tuple(turns), {label: relabelled.people[person] for person, label in labels.items()}
    )
