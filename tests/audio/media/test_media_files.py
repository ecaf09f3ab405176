"""The sound of every container is heard at the times that a player shows, or a notice says why."""

import re
from pathlib import Path

import numpy as np
import pytest

from audio.media.decoding import SAMPLE_RATE, UnusableAudio, inspect, sample_blocks
from audio.media.recording import Recording
from benchmarks.synthetic.media_files import (
    CASES,
    CONTAINERS,
    Container,
    can_be_made,
    heard_tones_s,
    make_media_file,
    tones_s,
)
from tests.recordings import square_wave, wav

FILES = [
    pytest.param(container, case, id=f"{container.suffix} {case}")
    for container in CONTAINERS
    for case in CASES
    if can_be_made(container, case) and case != "cut off"
]
CUT = [container for container in CONTAINERS if container.suffix in (".wav", ".24.wav", ".flac")]
CODES = {
    "opposite phase": ["channels_in_opposite_phase"],
    "silent first stream": ["other_streams"],
}


@pytest.mark.parametrize(("container", "case"), FILES)
def test_sound_is_heard_at_the_times_that_a_player_shows(
    tmp_path: Path, container: Container, case: str
) -> None:
    recording = Recording(make_media_file(tmp_path, container, case))

    heard = heard_tones_s(sample_blocks(recording), SAMPLE_RATE)

    assert heard == pytest.approx(tones_s(case), abs=0.08)
    assert [notice.code for notice in inspect(recording).notices] == CODES.get(case, [])


@pytest.mark.parametrize(("container", "case"), FILES)
def test_a_file_that_counting_samples_misplaces_is_not_sent_as_it_is(
    tmp_path: Path, container: Container, case: str
) -> None:
    recording = Recording(make_media_file(tmp_path, container, case))

    assert inspect(recording).is_plain == (case == "plain")


@pytest.mark.parametrize("container", CUT, ids=lambda container: container.suffix)
def test_the_seconds_that_a_cut_file_lacks_are_named(tmp_path: Path, container: Container) -> None:
    recording = Recording(make_media_file(tmp_path, container, "cut off"), field="mic_file")
    heard_s = sum(len(block) for block in sample_blocks(recording)) / SAMPLE_RATE

    [notice] = inspect(recording).notices

    assert notice.code == "recording_truncated"
    [named_s] = re.findall(r"^mic_file: the file ends ([\d.]+) s before", notice.message)
    assert float(named_s) == pytest.approx(6.0 - heard_s, abs=0.2)


def test_a_cut_mp4_is_refused(tmp_path: Path) -> None:
    [mp4] = (container for container in CONTAINERS if container.suffix == ".mp4")
    recording = Recording(make_media_file(tmp_path, mp4, "cut off"))

    with pytest.raises(UnusableAudio):
        inspect(recording)


def test_a_stereo_wav_with_one_silent_side_is_averaged(tmp_path: Path) -> None:
    sides = np.stack((square_wave(4000, 2.0), np.zeros(32_000, np.int16)), axis=1)
    (tmp_path / "a.wav").write_bytes(wav(sides.reshape(-1), channels=2))

    inspection = inspect(Recording(tmp_path / "a.wav"))

    assert (inspection.is_plain, inspection.notices) == (True, ())


def test_the_louder_of_two_channels_in_opposite_phase_is_heard(tmp_path: Path) -> None:
    tone = square_wave(4000, 2.0)
    sides = np.stack((-(tone // 2), tone), axis=1).astype(np.int16)
    (tmp_path / "a.wav").write_bytes(wav(sides.reshape(-1), channels=2))

    samples = np.concatenate(list(sample_blocks(Recording(tmp_path / "a.wav"))))

    assert np.abs(samples).max() == pytest.approx(4000 / 32768, rel=0.01)


def test_a_header_of_a_stream_is_not_a_cut_file(tmp_path: Path) -> None:
    content = bytearray(wav(square_wave(4000, 1.0)))
    content[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)

    assert inspect(Recording(tmp_path / "a.wav")).notices == ()
