"""The mic track without its echo."""

import numpy as np
import pytest

from audio.merge.tracks.echo_cancellation import cancel_echo
from audio.merge.tracks.echo_path import EchoPath, PathPiece
from audio.merge.tracks.echo_search import find_echo_path
from audio.merge.tracks.loudness import Track
from tests.audio.merge.tracks.echoes import (
    RATE,
    Samples,
    decibels,
    heard,
    noise,
    room,
    speech,
    track,
)

SECONDS = 20.0
SYSTEM = speech(SECONDS, 1)
ECHO = heard(SYSTEM, room(), 0.06)
IN_STEP = EchoPath((PathPiece(0.0, 0.06, 0.0),), 0.0, 50.0)


def residual(mic: Track, system: Track, path: EchoPath | None) -> Samples:
    assert path is not None
    return np.concatenate([block.residual for block in cancel_echo(mic, system, path)])


def test_a_known_room_is_cancelled_by_20_db() -> None:
    mic = ECHO + noise(SECONDS, 2)

    left = residual(track(mic), track(SYSTEM), find_echo_path(track(mic), track(SYSTEM)))

    assert decibels(left, mic) > 20


def test_the_users_words_in_double_talk_are_kept() -> None:
    user = speech(SECONDS, 3)

    left = residual(track(user + ECHO), track(SYSTEM), IN_STEP)

    assert decibels(left - user, ECHO) > 12


def test_a_saturated_loudspeaker_is_cancelled_too() -> None:
    saturated = heard(np.clip(SYSTEM, -0.2, 0.2), room(), 0.06)

    left = residual(track(saturated), track(SYSTEM), IN_STEP)

    assert decibels(left, saturated) > 10


@pytest.mark.parametrize("gain", [0.003, 1.0, 3.0])
def test_the_gain_of_a_track_changes_nothing(gain: float) -> None:
    user = speech(SECONDS, 3)

    left = residual(track(gain * (user + ECHO)), track(SYSTEM), IN_STEP)

    assert decibels(left / gain - user, ECHO) > 12


def test_a_silent_system_track_leaves_the_mic_as_it_is() -> None:
    user = speech(SECONDS, 3)

    left = residual(track(user), track(np.zeros(len(user))), IN_STEP)

    assert np.array_equal(left, user.astype(np.float32))


def test_blocks_of_any_size_give_the_same_samples() -> None:
    mic = speech(SECONDS, 3) + ECHO

    results = [
        residual(track(mic, block=size), track(SYSTEM, block=size), IN_STEP)
        for size in (65_536, 999)
    ]

    assert np.array_equal(results[0], results[1])


def test_residual_and_echo_are_the_mic_track_to_its_last_sample() -> None:
    mic = (speech(SECONDS, 3) + ECHO)[:-123]

    blocks = list(cancel_echo(track(mic), track(SYSTEM), IN_STEP))

    whole = np.concatenate([block.residual + block.echo for block in blocks])
    assert len(whole) == len(mic)
    assert np.allclose(whole, mic, atol=1e-6)


def test_a_shorter_system_track_is_silent_after_its_end() -> None:
    user = speech(SECONDS, 3)
    half = len(user) // 2

    left = residual(track(user), track(SYSTEM[:half]), IN_STEP)

    assert np.array_equal(left[-RATE:], user[-RATE:].astype(np.float32))


def test_a_nan_does_not_spread() -> None:
    mic = speech(SECONDS, 3) + ECHO
    mic[RATE] = np.nan

    assert np.isfinite(residual(track(mic), track(SYSTEM), IN_STEP)).all()
