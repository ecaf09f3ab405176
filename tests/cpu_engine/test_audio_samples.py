from pathlib import Path

import numpy as np
import pytest

from benchmarks.synthetic.media_files import (
    CONTAINERS,
    heard_tones_s,
    make_media_file,
    tones_s,
)
from cpu_engine.audio_samples import SAMPLE_RATE, Samples, decode
from cpu_engine.http.errors import AudioTooLong, BadAudio
from tests.cpu_engine.recordings import loudness, pitch_hz, write_recording


@pytest.mark.parametrize(
    "ending", [".wav", ".24.wav", ".float.wav", ".flac", ".mp3", ".webm", ".m4a"]
)
def test_every_common_format_becomes_the_same_tone(
    ending: str, tone: Samples, tmp_path: Path
) -> None:
    recording = write_recording(tmp_path / f"tone{ending}", tone)

    samples = decode(recording)

    assert samples.dtype == np.float32
    assert pitch_hz(samples, SAMPLE_RATE) == pytest.approx(440, abs=10)
    assert len(samples) == pytest.approx(len(tone), abs=0.1 * SAMPLE_RATE)
    assert loudness(samples) == pytest.approx(loudness(tone), rel=0.1)


def test_the_channels_of_a_stereo_recording_are_mixed(tone: Samples, tmp_path: Path) -> None:
    both = np.stack([tone, np.zeros_like(tone)])

    samples = decode(write_recording(tmp_path / "both.wav", both, "stereo"))

    assert loudness(samples) == pytest.approx(loudness(tone) / 2, rel=0.02)


def test_the_louder_of_two_channels_in_opposite_phase_is_read(
    tone: Samples, tmp_path: Path
) -> None:
    both = np.stack([-tone / 2, tone])

    samples = decode(write_recording(tmp_path / "both.wav", both, "stereo"))

    assert loudness(samples) == pytest.approx(loudness(tone), rel=0.02)


@pytest.mark.parametrize("case", ["late sound", "gap", "silent first stream", "plain"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_sound_is_at_the_times_that_a_player_shows(tmp_path: Path, suffix: str, case: str) -> None:
    [container] = (one for one in CONTAINERS if one.suffix == suffix)

    samples = decode(make_media_file(tmp_path, container, case))

    heard = heard_tones_s(iter([samples]), SAMPLE_RATE)
    assert heard == pytest.approx(tones_s(case), abs=0.08)


def test_a_truncated_recording_gives_what_it_holds(tone: Samples, tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "tone.flac", np.tile(tone, 10))
    recording.write_bytes(recording.read_bytes()[: recording.stat().st_size // 2])

    samples = decode(recording)

    assert 3 < len(samples) / SAMPLE_RATE < 7


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()

    with pytest.raises(BadAudio, match="empty"):
        decode(tmp_path / "empty.wav")


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("This is not a recording.\n" * 100)

    with pytest.raises(BadAudio, match="could not be decoded"):
        decode(tmp_path / "text.wav")


def test_a_playlist_is_not_followed(tone: Samples, tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "tone.wav", tone)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{recording}\n#EXT-X-ENDLIST\n")

    with pytest.raises(BadAudio, match="could not be decoded"):
        decode(playlist)


def test_a_recording_under_a_tenth_of_a_second_is_refused(tone: Samples, tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "tone.wav", tone[: SAMPLE_RATE // 20])

    with pytest.raises(BadAudio, match="too short"):
        decode(recording)


def test_a_recording_over_the_limit_is_refused(tone: Samples, tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "tone.wav", np.tile(tone, 7))

    with pytest.raises(AudioTooLong, match=r"limit of 0\.1 minutes"):
        decode(recording, longest_s=6)
