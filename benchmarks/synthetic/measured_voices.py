"""Embeddings of real voices, two of each person, or made-up ones with measured similarities.

`python -m benchmarks.synthetic.measured_voices FOLDER` embeds a folder of recordings, one of a
person each, with the engine, and stores the embeddings.
"""

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.merge.values import Embedding
from benchmarks.synthetic.conversations import Random

STORED = Path("var/naming_quality/voices.npz")
DIMENSION = 192
PEOPLE = 24


@dataclass(slots=True)
class MeasuredVoices:
    """Two embeddings of each voice: ``first`` for enrolment, ``second`` for the recording.

    Both have the shape ``(voices, dimension)`` and length 1.
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    _cast: dict[str, int] = field(default_factory=dict)
    _others: list[int] = field(default_factory=list)

    def cast(self, people: Iterable[str], random: Random) -> dict[str, Embedding]:
        """Give each person a voice; the voices that remain are strangers'."""
        names = list(people)
        order = random.permutation(len(self.second)).tolist()
        self._cast = {name: order[at % len(order)] for at, name in enumerate(names)}
        self._others = order[len(names) :]
        return {name: self.second[row] for name, row in self._cast.items()}

    def enrolment(self, person: str) -> Embedding:
        """Return the voiceprint of a person of the last cast."""
        vector: Embedding = self.first[self._cast[person]]
        return vector

    def strangers(self, at_least: int) -> dict[str, Embedding]:
        """Return the voiceprints of people who are not in the last cast."""
        rows = self._others if len(self._others) >= at_least else []
        return {f"Stranger {row}": self.first[row] for row in rows}


def read_voices(path: Path = STORED) -> MeasuredVoices:
    """Read the stored embeddings; without them, make up voices like those of 24 readers."""
    if not path.exists():
        return made_up_voices()
    stored = np.load(path)
    return MeasuredVoices(stored["first"], stored["second"])


def made_up_voices(people: int = PEOPLE) -> MeasuredVoices:
    """Make up voices: two recordings of one have a cosine of 0.75, of two people 0.1 +- 0.1.

    Source: the built-in engine on halves of LibriSpeech utterances of 24 readers.
    """
    random = np.random.default_rng(0)
    common = _direction(random)
    voices = [np.sqrt(0.1) * common + np.sqrt(0.9) * _direction(random) for _ in range(people)]
    first, second = (
        np.stack([np.sqrt(0.75) * voice + 0.5 * _direction(random) for voice in voices])
        for _ in range(2)
    )
    return MeasuredVoices(first, second)


def _direction(random: Random) -> Embedding:
    vector = random.normal(size=DIMENSION)
    direction: Embedding = vector / np.linalg.norm(vector)
    return direction


def main() -> int:
    """Embed both halves of each recording, and store the embeddings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="recordings, one of a person each")
    folder = parser.parse_args().folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")
    import django

    django.setup()
    first, second = _embedded(sorted(path for path in folder.iterdir() if path.is_file()))
    STORED.parent.mkdir(parents=True, exist_ok=True)
    np.savez(STORED, first=first, second=second)
    print(f"{len(first)} voices in {STORED}")
    return 0


def _embedded(paths: Iterable[Path]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from audio.media.decoding import sample_blocks
    from audio.media.recording import Recording
    from audio.merge.naming.voices.voice_similarity import unit
    from audio.pipeline.analysis.clip_embeddings import embed_clips

    rows = []
    for path in paths:
        samples = np.concatenate(list(sample_blocks(Recording(path))))
        middle = len(samples) // 2
        halves = embed_clips([samples[:middle], samples[middle:]])
        if all(halves):
            rows.append([unit(half.embedding) for half in halves if half])
    stacked = np.array(rows)
    return stacked[:, 0], stacked[:, 1]


if __name__ == "__main__":
    sys.exit(main())
