"""Both tracks as files of plain samples, which the echo canceller reads more than once."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from numpy.typing import NDArray

from audio.media import temporary_files
from audio.media.decoding import SAMPLE_RATE, sample_blocks
from audio.media.encoding import pcm
from audio.media.recording import Recording
from audio.media.wav import PlainWav

_BYTES = 2


@dataclass(frozen=True, slots=True)
class RawFile:
    """Samples of 16 bits, mono, 16 kHz: where they begin in a file, and how many they are."""

    path: Path
    offset: int
    samples: int

    @property
    def seconds(self) -> float:
        """The length of the track."""
        return self.samples / SAMPLE_RATE

    def read(self) -> NDArray[np.float32]:
        """Return all samples in [-1, 1]."""
        whole = np.fromfile(self.path, "<i2", self.samples, offset=self.offset)
        samples: NDArray[np.float32] = np.multiply(whole, np.float32(1 / 32_768), dtype=np.float32)
        return samples


@contextmanager
def raw_file(recording: Recording) -> Iterator[RawFile]:
    """Yield a recording's samples as a file: itself where it has them, else a decoded copy.

    Raises
    ------
    UnusableAudio, DecodingUnavailable, NoRoom
    """
    wav = recording.wav
    if wav and _is_raw(wav):
        yield RawFile(recording.path, wav.offset, wav.frames)
        return
    with NamedTemporaryFile(dir=temporary_files.folder(), prefix="echo-", suffix=".raw") as file:
        with closing(sample_blocks(recording)) as blocks:
            for block in blocks:
                content = pcm(block).tobytes()
                temporary_files.check_room(len(content))
                file.write(content)
        file.flush()
        yield RawFile(Path(file.name), 0, file.tell() // _BYTES)


def _is_raw(wav: PlainWav) -> bool:
    is_mono = wav.channels == 1 and wav.following is None
    return is_mono and wav.rate == SAMPLE_RATE and wav.kind.kind == "i"
