"""Samples encoded as a WAV, and silence in every format, as players read them."""

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from audio.api.catalogue import SPEECH_FORMATS
from audio.media.decoding import sample_blocks
from audio.media.encoding import SILENCE_RATE, SILENCE_S, pcm, silence, wav
from audio.media.recording import Recording

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


@pytest.mark.parametrize("form", SPEECH_FORMATS)
def test_silence_is_the_same_every_time(form: str) -> None:
    assert silence(form) is silence(form)


def test_samples_are_read_as_they_were_written(tmp_path: Path) -> None:
    samples = np.linspace(-0.5, 0.5, 4_000, dtype=np.float32)
    path = tmp_path / "a.wav"

    path.write_bytes(wav(pcm(samples)))

    assert np.concatenate(list(sample_blocks(Recording(path)))) == pytest.approx(samples, abs=1e-4)


def test_samples_over_full_scale_are_cut_off_not_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"

    path.write_bytes(wav(pcm(np.array([1.5, -1.5], dtype=np.float32))))

    assert next(sample_blocks(Recording(path))) == pytest.approx([1.0, -1.0], abs=1e-4)
