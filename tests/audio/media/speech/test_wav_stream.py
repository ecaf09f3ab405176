"""A WAV that is read while it arrives."""

import struct
from collections.abc import Iterator

import numpy as np
import pytest

from audio.media.speech.wav_stream import WavStream

SAMPLES = np.arange(-500, 500, dtype="<i2")


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(content) if size is None else size) + content


def form(*, tag: int = 1, channels: int = 1, rate: int = 24_000, bits: int = 16) -> bytes:
    frame = channels * bits // 8
    values = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)
    return chunk(b"fmt ", values)


def wav(*chunks: bytes) -> bytes:
    return chunk(b"RIFF", b"WAVE" + b"".join(chunks), 0xFFFFFFFF)


def in_blocks(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def read(content: bytes, size: int = 7) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    return np.concatenate([*WavStream(in_blocks(content, size)).samples(), SAMPLES[:0]])


@pytest.mark.parametrize("size", [1, 3, 44, 10_000])
@pytest.mark.parametrize("declared", [2_000, 0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_samples_are_read_however_they_arrive_and_whatever_is_declared(
    size: int, declared: int
) -> None:
    content = wav(form(), chunk(b"data", SAMPLES.tobytes(), declared))

    assert WavStream(in_blocks(content, size)).rate == 24_000
    assert (read(content, size) == SAMPLES).all()


def test_chunks_around_the_samples_are_skipped() -> None:
    before, after = chunk(b"LIST", b"Lavf62.3."), chunk(b"LIST", b"x" * 100)
    padded = before + b"\0"

    content = wav(padded, form(), chunk(b"data", SAMPLES.tobytes()), after)

    assert (read(content) == SAMPLES).all()


def test_two_channels_are_averaged() -> None:
    both = np.stack([SAMPLES, -SAMPLES], axis=1)

    samples = read(wav(form(channels=2), chunk(b"data", both.tobytes())))

    assert len(samples) == len(SAMPLES)
    assert not samples.any()


def test_half_a_sample_at_the_end_is_dropped() -> None:
    content = wav(form(), chunk(b"data", SAMPLES.tobytes() + b"x", 0xFFFFFFFF))

    assert (read(content) == SAMPLES).all()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ID3" * 10, "not a WAV"),
        (b"", "ends within its header"),
        (wav(form())[:20], "ends within its header"),
        (wav(form()), "ends within its header"),
        (wav(form(bits=8), chunk(b"data", b"x")), "not integers of 16 bits"),
        (wav(form(tag=3, bits=32), chunk(b"data", b"x")), "not integers of 16 bits"),
        (wav(form(channels=0), chunk(b"data", b"x")), "it has 0 channels"),
        (wav(form(rate=1), chunk(b"data", b"x")), "1 channels at 1 Hz"),
        (wav(chunk(b"data", b"x")), "before their format"),
        (wav(chunk(b"fmt ", b"xx")), "format of its samples is cut"),
        (wav(chunk(b"LIST", b"", 1 << 30)), "header is too long"),
    ],
)
def test_anything_else_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        WavStream(in_blocks(content, 5))
