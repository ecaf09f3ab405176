"""The engine hears recordings at the times that a player shows, as the gateway does."""

import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks.synthetic.media_files import (
    CONTAINERS,
    heard_tones_s,
    make_media_file,
    tones_s,
)
from nvidia_engine.features import SAMPLE_RATE, Samples
from nvidia_engine.media.audio_samples import decoded
from nvidia_engine.media.sound_streams import BadAudio
from tests.cpu_engine.recordings import loudness, write_recording

TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)).astype(np.float32)


def samples_of(path: Path) -> Samples:
    with decoded(path, None) as samples:
        return samples[:]


@pytest.mark.parametrize("case", ["late sound", "gap", "silent first stream", "plain"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_sound_is_at_the_times_that_a_player_shows(tmp_path: Path, suffix: str, case: str) -> None:
    [container] = (one for one in CONTAINERS if one.suffix == suffix)

    samples = samples_of(make_media_file(tmp_path, container, case))

    heard = heard_tones_s(iter([samples]), SAMPLE_RATE)
    assert heard == pytest.approx(tones_s(case), abs=0.08)


def test_the_channels_of_a_stereo_recording_are_mixed(tmp_path: Path) -> None:
    both = np.stack([TONE, np.zeros_like(TONE)])

    samples = samples_of(write_recording(tmp_path / "both.wav", both, "stereo"))

    assert loudness(samples) == pytest.approx(loudness(TONE) / 2, rel=0.02)


def test_the_louder_of_two_channels_in_opposite_phase_is_read(tmp_path: Path) -> None:
    both = np.stack([-TONE / 2, TONE])

    samples = samples_of(write_recording(tmp_path / "both.wav", both, "stereo"))

    assert loudness(samples) == pytest.approx(loudness(TONE), rel=0.02)


def test_a_truncated_recording_gives_what_it_holds(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "tone.flac", np.tile(TONE, 10))
    recording.write_bytes(recording.read_bytes()[: recording.stat().st_size // 2])

    assert 3 < len(samples_of(recording)) / SAMPLE_RATE < 7


def test_a_damaged_packet_costs_only_its_own_sound(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "tone.mp3", np.tile(TONE, 10))
    content = bytearray(recording.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 400] = bytes(400)
    recording.write_bytes(content)

    assert 9.5 < len(samples_of(recording)) / SAMPLE_RATE < 10.5


def test_a_recording_that_changes_its_channels_is_heard_to_its_end(tmp_path: Path) -> None:
    mono = write_recording(tmp_path / "mono.mp3", np.tile(TONE, 3))
    stereo = write_recording(tmp_path / "stereo.mp3", np.tile(np.stack([TONE, TONE]), 3), "stereo")
    both = tmp_path / "both.mp3"
    both.write_bytes(mono.read_bytes() + stereo.read_bytes())

    assert len(samples_of(both)) / SAMPLE_RATE == pytest.approx(6, abs=0.5)


@pytest.mark.parametrize("rate", [1, 1_999, 400_000])
def test_an_impossible_sample_rate_is_refused_with_the_possible_ones(
    tmp_path: Path, rate: int
) -> None:
    path = tmp_path / "odd.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * 40_000))

    with pytest.raises(BadAudio, match=f"The sample rate is {rate} Hz: expected 2000 to 384000"):
        samples_of(path)


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "tone.wav", TONE)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{recording}\n#EXT-X-ENDLIST\n")

    with pytest.raises(BadAudio, match="could not be decoded"):
        samples_of(playlist)
