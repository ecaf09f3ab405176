"""Speech at every rate and silence in every format, as players read them."""

import io
import itertools
import wave

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from audio.media.speech.speech_encoding import (
    SILENCE_RATE,
    SILENCE_S,
    SPEECH_TYPES,
    encode,
    rates_of,
    silence,
)

CONTAINERS = {
    "mp3": (b"ID3", "mp3"),
    "opus": (b"OggS", "opus"),
    "aac": (b"\xff\xf1", "aac"),
    "flac": (b"fLaC", "flac"),
    "wav": (b"RIFF", "pcm_s16le"),
}


@pytest.mark.parametrize("form", CONTAINERS)
def test_silence_is_decodable_and_silent(form: str) -> None:
    with av.open(io.BytesIO(silence(form)), "r") as container:
        samples = [frame.to_ndarray() for frame in container.decode(audio=0)]

    assert max(np.abs(block.astype(np.float64)).max() for block in samples) < 1e-3
    assert sum(block.shape[-1] for block in samples) > 0


@pytest.mark.parametrize(("form", "expected"), CONTAINERS.items())
def test_silence_is_in_the_format_asked_for(form: str, expected: tuple[bytes, str]) -> None:
    begins, codec = expected

    with av.open(io.BytesIO(silence(form)), "r") as container:
        assert container.streams.audio[0].codec_context.codec.canonical_name == codec
    assert silence(form).startswith(begins)


def test_bare_samples_are_sixteen_bits_at_24_khz() -> None:
    assert silence("pcm") == bytes(int(2 * SILENCE_RATE * SILENCE_S))


def test_a_wav_declares_its_samples_in_its_header() -> None:
    with wave.open(io.BytesIO(silence("wav"))) as file:
        assert file.getparams()[:4] == (1, 2, SILENCE_RATE, SILENCE_RATE * SILENCE_S)
    assert b"data" in silence("wav")[:2048]


@pytest.mark.parametrize("form", SPEECH_TYPES)
def test_silence_is_the_same_every_time(form: str) -> None:
    assert silence(form) is silence(form)


ENGINE_RATE, TONE_HZ, SECONDS = 24_000, 440, 2.0
WANTED = {form: rates_of(form) or (8_000, 22_050, 44_100, 48_000) for form in SPEECH_TYPES}
EVERY = [(form, rate) for form, rates in WANTED.items() for rate in rates]


def tone(rate: int) -> NDArray[np.int16]:
    times = np.arange(int(SECONDS * rate)) / rate
    samples: NDArray[np.int16] = (20_000 * np.sin(2 * np.pi * TONE_HZ * times)).astype("<i2")
    return samples


def encoded(form: str, rate: int, *, borders: tuple[int, ...] = (1, 2, 1_234, 20_001)) -> bytes:
    """Return the tone of the engine in blocks between these borders."""
    return b"".join(encode(np.split(tone(ENGINE_RATE), borders), ENGINE_RATE, rate, form))


@pytest.mark.parametrize(("form", "rate"), [one for one in EVERY if one[0] != "pcm"])
def test_a_file_has_the_rate_and_the_length(form: str, rate: int) -> None:
    with av.open(io.BytesIO(encoded(form, rate)), "r") as container:
        frames = list(container.decode(audio=0))

    # Opus is always decoded at 48 kHz; mp3 and aac begin and end with a few frames of silence.
    assert frames[0].sample_rate == (48_000 if form == "opus" else rate)
    length_s = sum(frame.samples for frame in frames) / frames[0].sample_rate
    assert length_s == pytest.approx(SECONDS, abs=0.2 if form in ("mp3", "aac") else 0.001)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_the_borders_of_blocks_are_not_heard(rate: int) -> None:
    samples = np.frombuffer(encoded("pcm", rate), "<i2").astype(float)

    wrong = samples - tone(rate)
    # At both ends the resampler hears silence beyond.
    assert np.abs(wrong[100:-100]).max() < 5


def test_blocks_are_encoded_as_they_come() -> None:
    blocks = iter(np.split(tone(ENGINE_RATE), 20))

    stream = encode(itertools.chain([next(blocks)], blocks), ENGINE_RATE, 16_000, "mp3")
    next(stream)

    assert next(blocks, None) is not None


def test_bare_samples_pass_unchanged_at_their_own_rate() -> None:
    assert encoded("pcm", ENGINE_RATE) == tone(ENGINE_RATE).tobytes()


def test_a_stream_of_wav_declares_its_rate_and_no_length() -> None:
    header = encoded("wav", 16_000)[:44]

    assert int.from_bytes(header[24:28], "little") == 16_000
    assert header[4:8] == header[40:44] == bytes([255] * 4)
