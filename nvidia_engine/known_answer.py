"""Whether the models still answer a known question rightly.

A device that is broken may answer 200 with nonsense: only an answer that is known finds it.
"""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The cosine to the vector that this device gave at its first good start: other kernels differ in
# the fifth digit.
ALIKE = 0.98
_SHIPPED = Path(__file__).with_name("probe")
_REMEMBERED = "probe-embedding.json"


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A recording, its words, how many speakers it has, and whether one can be heard alone."""

    recording: Path
    words: list[str]
    speakers: int
    has_embedding: bool = True


def load_known_answer(models: Path) -> KnownAnswer:
    """Read the known answer that a folder of models brings along, else the shipped one."""
    folder = models / "probe" if (models / "probe").is_dir() else _SHIPPED
    expected = json.loads((folder / "expected.json").read_text())
    return KnownAnswer(
        folder / expected["recording"],
        expected["words"],
        expected["speakers"],
        expected.get("has_embedding", True),
    )


def find_faults(
    known: KnownAnswer,
    words: Sequence[str],
    speakers: int,
    embedding: NDArray[np.float32] | None,
    first: NDArray[np.float32] | None,
) -> list[str]:
    """Compare an answer with the known one.

    Parameters
    ----------
    first
        The embedding of the first good start, if there was one.

    Returns
    -------
    What is wrong; nothing when all is well.
    """
    faults = []
    if list(map(_spelling, words)) != list(map(_spelling, known.words)):
        faults.append("the words differ")
    if speakers != known.speakers:
        faults.append(f"{speakers} speakers instead of {known.speakers}")
    if known.has_embedding and embedding is None:
        faults.append("no embedding")
    elif embedding is not None and first is not None and float(embedding @ first) < ALIKE:
        faults.append("the embedding differs from that of the first start")
    return faults


def _spelling(word: str) -> str:
    return "".join(sign for sign in word if unicodedata.category(sign)[0] not in "PS").casefold()


@dataclass(frozen=True, slots=True)
class FirstEmbedding:
    """The embedding of the first good start, remembered in a folder of models.

    Attributes
    ----------
    files
        What it was made with: names, sizes and the device. Others begin anew.
    """

    models: Path
    files: Sequence[str]

    def read(self) -> NDArray[np.float32] | None:
        """Read it; None before the first good start with these files."""
        try:
            remembered = json.loads((self.models / _REMEMBERED).read_text())
            is_same = remembered["files"] == list(self.files)
            embedding = np.array(remembered["embedding"], np.float32)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return embedding if is_same else None

    def write(self, embedding: NDArray[np.float32]) -> None:
        """Remember an embedding for later starts.

        Raises
        ------
        OSError
            When the folder is read-only.
        """
        rounded = [round(float(number), 6) for number in embedding]
        text = json.dumps({"files": list(self.files), "embedding": rounded})
        (self.models / _REMEMBERED).write_text(text)
