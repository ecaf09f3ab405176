"""Any recording becomes 16 kHz mono samples."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from audio.media.decoding import (
    UndecodableAudio,
    UnusableSampleRate,
    check_decodable,
    clips,
    declared_s,
    length_s,
    sample_blocks,
)
from audio.media.recording import Recording
from audio.merge.values import Span
from tests.recordings import TONE, encoded, square_wave, wav


def samples(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(sample_blocks(Recording(path))))


def first_block(recording: Recording) -> NDArray[np.float32]:
    return next(sample_blocks(recording))


def tone(path: Path, codec: str) -> Path:
    """One second of 440 Hz at half scale, in any format."""
    wave = 16_384 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    source = path.with_name("source.wav")
    source.write_bytes(wav(wave.astype(np.int16)))
    return encoded(source, path, codec, seconds=1.0)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.wav", "pcm_s24le"),
        ("a.wav", "pcm_f32le"),
        ("a.wav", "pcm_u8"),
        ("a.flac", "flac"),
        ("a.mp3", "libmp3lame"),
        ("a.webm", "libopus"),
        ("a.m4a", "aac"),
    ],
)
def test_a_tone_keeps_its_length_and_level(tmp_path: Path, name: str, codec: str) -> None:
    decoded = samples(tone(tmp_path / name, codec))

    assert len(decoded) == pytest.approx(16_000, abs=1_600)
    assert np.sqrt(np.mean(decoded[4_000:12_000] ** 2)) == pytest.approx(0.354, abs=0.02)


def test_a_stereo_recording_with_a_silent_side_is_averaged(tmp_path: Path) -> None:
    left = square_wave(8000, 1.0)
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.stack([left, 0 * left], axis=1).ravel(), channels=2))

    assert np.abs(samples(path)).max() == pytest.approx(4000 / 32768, abs=1e-3)


def test_a_streaming_header_that_does_not_know_the_length_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(TONE[:4] + b"\xff" * 4 + TONE[8:40] + b"\xff" * 4 + TONE[44:])

    assert len(samples(path)) == pytest.approx(16_000, abs=100)


def test_a_truncated_recording_ends_where_it_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(TONE[: len(TONE) // 2])

    assert len(samples(path)) == pytest.approx(8_000, abs=100)


@pytest.mark.parametrize("content", [b"", b"Dear Sir or Madam, " * 50, TONE[:20], bytes(4096)])
def test_a_file_without_audio_is_refused_by_the_name_of_its_field(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    with pytest.raises(UndecodableAudio, match="mic_file"):
        check_decodable(Recording(path, field="mic_file"))


def test_a_refusal_names_no_path(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"no audio")

    with pytest.raises(UndecodableAudio) as refused:
        check_decodable(Recording(path, field="file"))

    assert str(tmp_path) not in str(refused.value)


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(TONE)
    playlist = tmp_path / "a.wav"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nsecret.wav\n#EXT-X-ENDLIST\n")

    with pytest.raises(UndecodableAudio):
        check_decodable(Recording(playlist, field="file"))


def test_recordings_joined_end_to_end_are_read_to_the_end(tmp_path: Path) -> None:
    slow = encoded_tone(tmp_path / "slow.mp3", 16_000)
    fast = encoded_tone(tmp_path / "fast.mp3", 48_000)
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(slow.read_bytes() + fast.read_bytes())

    assert len(samples(joined)) == pytest.approx(32_000, abs=6_000)


def encoded_tone(path: Path, rate: int) -> Path:
    """One second of MP3 at a rate of its own."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libmp3lame", rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(stream.format, "mono", rate, stream.frame_size)
        wave = square_wave(4000, 1.0, rate)[None, :]
        frame = av.AudioFrame.from_ndarray(wave, "s16", "mono")
        frame.sample_rate = rate
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(part))
    return path


def test_clips_are_the_samples_of_their_spans(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.arange(16_000, dtype=np.int16)))

    later, earlier = clips(Recording(path), [Span(0.5, 0.75), Span(0.25, 0.625)])

    assert (later * 32768).round().tolist() == list(range(8_000, 12_000))
    assert (earlier * 32768).round().tolist() == list(range(4_000, 10_000))


def test_a_clip_ends_where_the_recording_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(TONE)

    within, past_the_end = clips(Recording(path), [Span(0.75, 2.0), Span(3.0, 4.0)])

    assert (len(within), len(past_the_end)) == (4_000, 0)


def test_clips_of_a_file_without_audio_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"no audio at all")

    with pytest.raises(UndecodableAudio):
        clips(Recording(path), [Span(0.0, 1.0)])


@pytest.mark.parametrize("rate", [1, 1_999, 384_001, 1_000_000])
@pytest.mark.parametrize("look", [check_decodable, declared_s, length_s, first_block])
def test_an_unusable_sample_rate_is_refused_however_it_is_noticed(
    tmp_path: Path, rate: int, look: Callable[[Recording], object]
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(square_wave(8000, 1.0), rate))

    with pytest.raises(UnusableSampleRate) as refused:
        look(Recording(path, field="mic_file"))

    expected = f"expected a sample rate of 2000 to 384000 Hz, got {rate} Hz."
    assert str(refused.value) == f"mic_file: {expected}"


@pytest.mark.parametrize(("rate", "seconds"), [(2_000, 1.0), (384_000, 1.0)])
def test_the_lowest_and_the_highest_sample_rate_are_decoded(
    tmp_path: Path, rate: int, seconds: float
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(square_wave(8000, seconds, rate), rate))

    assert len(samples(path)) == pytest.approx(16_000, abs=200)


def test_an_unusable_sample_rate_of_a_compressed_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    with av.open(str(path), "w") as written:
        stream = written.add_stream("flac", rate=4, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4000), np.int16), layout="mono")
        frame.sample_rate = 4
        written.mux([*stream.encode(frame), *stream.encode(None)])

    with pytest.raises(UnusableSampleRate, match="got 4 Hz"):
        length_s(Recording(path))
