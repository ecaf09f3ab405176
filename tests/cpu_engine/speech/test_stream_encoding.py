import io
import wave
from collections.abc import Iterator

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from cpu_engine.speech.stream_encoding import FORMATS, SAMPLE_RATE, encode
from tests.cpu_engine.recordings import pitch_hz

Blocks = list[NDArray[np.float32]]


@pytest.fixture
def blocks() -> Blocks:
    """Two seconds of 440 Hz in two blocks."""
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    return np.split((0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), 2)


@pytest.mark.parametrize(
    ("name", "media_type", "codec"),
    [
        ("wav", "audio/wav", "pcm_s16le"),
        ("mp3", "audio/mpeg", "mp3float"),
        ("opus", "audio/ogg", "opus"),
        ("aac", "audio/aac", "aac"),
        ("flac", "audio/flac", "flac"),
    ],
)
def test_every_format_decodes_to_the_same_tone(
    name: str, media_type: str, codec: str, blocks: Blocks
) -> None:
    encoded = b"".join(encode(blocks, FORMATS[name]))

    with av.open(io.BytesIO(encoded), "r") as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray().mean(axis=0) for frame in container.decode(stream)]
    samples = np.concatenate(frames)
    assert FORMATS[name].media_type == media_type
    assert stream.codec_context.name == codec
    assert pitch_hz(samples, stream.rate) == pytest.approx(440, abs=5)
    assert len(samples) / stream.rate == pytest.approx(2, abs=0.1)


def test_pcm_is_bare_16_bit_samples(blocks: Blocks) -> None:
    encoded = b"".join(encode(blocks, FORMATS["pcm"]))

    assert len(encoded) == 2 * 2 * SAMPLE_RATE
    assert pitch_hz(np.frombuffer(encoded, "<i2"), SAMPLE_RATE) == pytest.approx(440, abs=5)


def test_a_wav_header_can_be_read_from_the_first_44_bytes(blocks: Blocks) -> None:
    encoded = b"".join(encode(blocks, FORMATS["wav"]))

    with wave.open(io.BytesIO(encoded)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth()) == (1, 2)
        assert reader.getframerate() == SAMPLE_RATE
    assert encoded[36:40] == b"data"


def test_a_loud_sample_is_clipped_and_does_not_wrap() -> None:
    loud = np.array([2, -2], np.float32)

    encoded = b"".join(encode([loud], FORMATS["pcm"]))

    assert np.frombuffer(encoded, "<i2").tolist() == [32767, -32767]


@pytest.mark.parametrize("name", ["wav", "mp3", "opus", "aac", "flac", "pcm"])
def test_the_first_block_leaves_before_the_second_is_made(name: str, blocks: Blocks) -> None:
    made = []

    def making() -> Iterator[NDArray[np.float32]]:
        made.append(1)
        yield blocks[0]
        made.append(2)
        yield blocks[1]

    stream = encode(making(), FORMATS[name])
    received = next(stream) or next(stream)

    assert received
    assert made in ([], [1])
