"""Where the mic track hears the system track."""

import numpy as np
import pytest
from scipy.signal import resample

from audio.merge.tracks.echo_path import check_step
from audio.merge.tracks.echo_search import find_echo_path
from tests.audio.merge.tracks.echoes import RATE, heard, noise, room, speech, track

SECONDS = 30.0
SYSTEM = speech(SECONDS, 1)
USER = speech(SECONDS, 2)


@pytest.mark.parametrize("level_db", [0, -20])
@pytest.mark.parametrize("delay_s", [-5.0, -1.0, 0.0, 0.06, 0.7, 5.0])
def test_the_delay_is_found_within_a_millisecond(delay_s: float, level_db: int) -> None:
    echo = 10 ** (level_db / 20) * heard(SYSTEM, room(), delay_s)

    path = find_echo_path(track(USER + echo + noise(SECONDS, 3)), track(SYSTEM))

    assert path is not None
    assert path.lag == pytest.approx(delay_s, abs=0.001)


@pytest.mark.parametrize("drift_ppm", [-200, -50, 50, 200])
def test_the_drift_of_two_clocks_is_found(drift_ppm: int) -> None:
    system = speech(60.0, 4)
    slower = resample(system, round(len(system) * (1 + drift_ppm * 1e-6)))
    echo = np.zeros(len(system))
    echo[: len(slower)] = heard(slower, room(), 0.05)[: len(system)]

    path = find_echo_path(track(speech(60.0, 5) + echo), track(system))

    assert path is not None
    assert path.drift * 1e6 == pytest.approx(drift_ppm, abs=8)


def test_tracks_without_a_common_sound_have_no_path() -> None:
    assert find_echo_path(track(USER + noise(SECONDS, 3)), track(SYSTEM)) is None


def test_a_silent_track_has_no_path() -> None:
    silence = np.zeros(round(SECONDS * RATE))

    assert find_echo_path(track(USER), track(silence)) is None
    assert find_echo_path(track(silence), track(SYSTEM)) is None


@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_tracks_of_a_moment_have_no_path(seconds: float) -> None:
    assert find_echo_path(track(speech(seconds, 1)), track(speech(seconds, 2))) is None


def test_a_system_track_without_its_pauses_is_followed_in_pieces() -> None:
    turn = speech(12.0, 6)
    pause = np.zeros(3 * RATE)
    other, last = speech(12.0, 7), speech(12.0, 8)
    mic = np.concatenate((turn, pause, other, pause, last))

    path = find_echo_path(track(0.3 * mic), track(np.concatenate((turn, other, last))))

    assert path is not None
    assert [round(piece.lag, 3) for piece in path.pieces] == [0.0, 3.0, 6.0]
    # Where the track is silent, any moment of the pause is right.
    assert 11.9 <= path.pieces[1].start <= 15.1
    assert 26.9 <= path.pieces[2].start <= 30.1
    assert check_step(path)[0].code == "tracks_out_of_step"


def test_a_system_track_that_hears_the_mic_is_said() -> None:
    mic = speech(SECONDS, 9)

    path = find_echo_path(track(mic), track(SYSTEM + 0.3 * heard(mic, room(), 0.06)))

    assert path is not None
    assert path.is_mirrored
    assert "The system track hears the mic track" in check_step(path)[0].message


def test_tracks_in_step_give_no_warning() -> None:
    path = find_echo_path(track(USER + heard(SYSTEM, room(), 0.06)), track(SYSTEM))

    assert check_step(path) == ()
    assert check_step(None) == ()


def test_a_late_mic_gives_a_warning_with_the_seconds() -> None:
    path = find_echo_path(track(USER + heard(SYSTEM, room(), 2.0)), track(SYSTEM))

    [notice] = check_step(path)

    assert notice.code == "tracks_out_of_step"
    assert "2.00 s late" in notice.message


def test_blocks_of_any_size_give_the_same_path() -> None:
    mic = USER + 0.3 * heard(SYSTEM, room(), 0.06)

    paths = [
        find_echo_path(track(mic, block=size), track(SYSTEM, block=size))
        for size in (65_536, 3_001)
    ]

    assert paths[0] == paths[1]
