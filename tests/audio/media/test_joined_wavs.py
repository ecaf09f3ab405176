"""WAVs with several chunks of samples, and WAVs that were joined end to end."""

from pathlib import Path

import numpy as np
import pytest

from audio.media.decoding import inspect, sample_blocks
from audio.media.recording import Recording
from tests.recordings import square_wave, wav

ONE, OTHER = square_wave(4000, 1.0), square_wave(2000, 2.0)


def data_chunk(samples: bytes) -> bytes:
    return b"data" + len(samples).to_bytes(4, "little") + samples


def levels(path: Path) -> list[float]:
    """Return the level in the middle of each second."""
    samples = np.concatenate(list(sample_blocks(Recording(path))))
    middles = range(8_000, len(samples), 16_000)
    return [round(float(abs(samples[at])) * 32768) for at in middles]


def test_two_wavs_end_to_end_are_both_heard(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(ONE) + wav(OTHER))

    assert levels(path) == [4000, 2000, 2000]
    assert inspect(Recording(path)).seconds == 3.0
    assert not inspect(Recording(path)).is_plain


def test_two_chunks_of_samples_are_both_heard(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(ONE) + b"LIST\x02\0\0\0ab" + data_chunk(OTHER.tobytes()))

    assert levels(path) == [4000, 2000, 2000]


def test_samples_beyond_a_length_that_was_not_updated_are_heard(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(ONE) + OTHER.tobytes())

    assert levels(path) == [4000, 2000, 2000]
    assert not inspect(Recording(path)).is_plain


def test_joined_wavs_may_differ_in_rate_and_channels(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    stereo = np.repeat(square_wave(2000, 1.0, 8_000), 2)
    path.write_bytes(wav(ONE) + wav(stereo, 8_000, channels=2))

    assert len(levels(path)) == 2
    assert inspect(Recording(path)).seconds == 2.0


def test_samples_that_only_a_decoder_reads_are_named_where_they_are_several(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.wav"
    content = bytearray(wav(ONE))
    # The same bytes as mono samples of 32-bit integers, which only the decoder reads.
    content[28:36] = (64_000).to_bytes(4, "little") + b"\x04\0\x20\0"
    path.write_bytes(bytes(content) * 2)

    assert [notice.code for notice in inspect(Recording(path)).notices] == ["sound_left_out"]


@pytest.mark.parametrize("trailer", [b"", b"LIST\x02\0\0\0ab", b"TAG" + bytes(125), bytes(64_000)])
def test_a_wav_with_a_trailer_is_one_wav(tmp_path: Path, trailer: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(ONE) + trailer)

    inspection = inspect(Recording(path))

    assert (inspection.seconds, inspection.is_plain, inspection.notices) == (1.0, True, ())
