"""Plain WAV, read without a decoder."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import wavfile

from audio.media.wav import plain_wav
from tests.recordings import TONE, square_wave, wav

RATE = 16_000


def samples(path: Path, rate: int = RATE) -> NDArray[np.float32]:
    found = plain_wav(path)
    assert found
    return np.concatenate(list(found.blocks(rate)))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_integers_are_read_in_minus_one_to_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", wav(np.array([-32_768, 0, 16_384], dtype=np.int16)))

    assert samples(path).tolist() == [-1.0, 0.0, 0.5]


def test_channels_are_averaged(tmp_path: Path) -> None:
    both = np.array([[16_384, 0], [-16_384, -16_384]], dtype=np.int16)

    path = written(tmp_path / "a.wav", wav(both.ravel(), channels=2))

    assert samples(path).tolist() == [0.25, -0.5]


def test_floats_are_read_as_they_are(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "a.wav", RATE, np.array([0.25, -1.0, 1.5], dtype=np.float32))

    assert samples(tmp_path / "a.wav").tolist() == [0.25, -1.0, 1.5]


def test_another_rate_keeps_the_length(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", wav(square_wave(8000, 2.0)))

    assert len(samples(path, 8_000)) == pytest.approx(RATE, abs=50)


def test_a_streaming_header_reaches_to_the_end_of_the_file(tmp_path: Path) -> None:
    content = TONE[:4] + b"\xff" * 4 + TONE[8:40] + b"\xff" * 4 + TONE[44:]

    assert len(samples(written(tmp_path / "a.wav", content))) == (len(TONE) - 44) // 2


def test_a_recording_that_broke_off_ends_there(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", TONE[: 44 + 2001])

    assert len(samples(path)) == 1000


def test_chunks_before_the_samples_are_skipped(tmp_path: Path) -> None:
    note = struct.pack("<4sI", b"LIST", 3) + b"odd\0"

    path = written(tmp_path / "a.wav", TONE[:12] + note + TONE[12:])

    assert np.array_equal(samples(path), samples(written(tmp_path / "b.wav", TONE)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        TONE[:20],
        TONE[:43],
        TONE[:44],
        b"OggS" + TONE[4:],
        TONE[:20] + b"\x55\x00" + TONE[22:],
        TONE[:22] + b"\x00\x00" + TONE[24:],
        TONE[:22] + b"\xff\xff" + TONE[24:],
        TONE[:24] + b"\x00" * 4 + TONE[28:],
        TONE[:32] + b"\x07\x00" + TONE[34:],
        TONE[:12] + struct.pack("<4sI", b"junk", 0) * 1000 + TONE[12:],
    ],
    ids=[
        *(
            "nothing",
            "half a header",
            "no length yet",
            "no samples yet",
            "another format",
            "another codec",
        ),
        *("no channel", "too many channels", "no rate", "half a frame", "too many chunks"),
    ],
)
def test_anything_else_is_for_the_decoder(tmp_path: Path, content: bytes) -> None:
    assert plain_wav(written(tmp_path / "a.wav", content)) is None
