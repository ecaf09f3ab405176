"""Which words are the user's, by what is left when the echo is removed."""

import numpy as np
import pytest

from audio.merge.tracks.echo_cancellation import CancelledBlock
from audio.merge.tracks.residual_gate import (
    EchoLevels,
    EchoMeter,
    check_echo,
    check_repetition,
    select_by_residual,
)
from tests.audio.merge.recordings import turns, words


def levels(*runs: tuple[float, float, float]) -> EchoLevels:
    """Return runs of (level of the residual, level of the echo, seconds)."""
    powers = [np.empty((2, 0))] + [
        np.tile([[residual**2], [echo**2]], round(seconds / 0.02))
        for residual, echo, seconds in runs
    ]
    residual, echo = np.concatenate(powers, axis=1).astype(np.float32)
    return EchoLevels(residual, echo)


# Pause, echo alone, both speak, the user alone: an attenuation of 20 dB.
MEETING = levels((0.001, 0, 2), (0.01, 0.1, 4), (0.05, 0.1, 2), (0.05, 0, 2))
SAID = words((2.5, 3.0, "theirs"), (6.5, 7.0, "both"), (8.5, 9.0, "mine"))


def test_a_word_that_is_echo_is_not_the_users() -> None:
    assert [word.text for word in select_by_residual(MEETING, SAID, []).words] == ["both", "mine"]


def test_a_turn_is_judged_like_a_word() -> None:
    spoken = turns((2.0, 6.0, "bleed"), (6.0, 10.0, "user"))

    assert [turn.speaker for turn in select_by_residual(MEETING, [], spoken).turns] == ["user"]


@pytest.mark.parametrize("gain", [0.01, 100.0])
def test_the_gain_of_the_mic_changes_nothing(gain: float) -> None:
    louder = EchoLevels(MEETING.residual * np.float32(gain**2), MEETING.echo * np.float32(gain**2))

    assert select_by_residual(louder, SAID, []).words == SAID[1:]


def test_a_word_no_louder_than_the_noise_is_not_the_users() -> None:
    quiet = levels((0.001, 0, 8), (0.0015, 0, 2))

    assert select_by_residual(quiet, words((8.5, 9.0, "hm")), []).words == ()


def test_a_word_without_length_is_judged_with_its_surroundings() -> None:
    assert select_by_residual(MEETING, words((8.5, 8.5, "hm")), []).words


def test_beyond_the_end_nothing_is_local() -> None:
    assert select_by_residual(MEETING, words((10.5, 11.0, "late")), []).words == ()


def test_after_the_mic_heard_the_end_of_the_system_track_nothing_is_local() -> None:
    selected = select_by_residual(MEETING, SAID, [], system_s=8.0, until_s=8.06)

    assert [word.text for word in selected.words] == ["both"]
    assert (selected.mic_s, selected.system_s) == (10.0, 8.0)


def test_no_words_of_an_empty_track_are_local() -> None:
    assert select_by_residual(levels(), SAID, []).words == ()


def test_the_leak_is_what_is_left_of_the_echo() -> None:
    assert MEETING.leak == pytest.approx(0.1, abs=0.01)
    assert MEETING.attenuation_db == pytest.approx(20, abs=0.5)


def test_an_echo_that_is_not_cancelled_at_all_is_0_db_weaker() -> None:
    assert levels((0.001, 0, 2), (0.3, 0.1, 8)).attenuation_db == 0


def test_noise_is_no_leak() -> None:
    noisy = levels((0.01, 0, 5), (0.0101, 0.02, 5))

    assert noisy.attenuation_db > 15
    assert check_echo(noisy) == ()


def test_little_attenuation_gives_a_warning() -> None:
    [notice] = check_echo(levels((0.001, 0, 2), (0.08, 0.1, 8)))

    assert notice.code == "echo_left"
    assert "2 dB" in notice.message
    assert check_echo(MEETING) == ()


def test_a_mic_that_is_the_system_track_gives_a_warning() -> None:
    copy = levels((0.0001, 0.1, 8))

    [notice] = check_repetition(copy, 0.0)

    assert notice.code == "mic_repeats_system"


def test_a_user_who_only_listens_gives_no_warning() -> None:
    assert check_repetition(levels((0.0001, 0.1, 8)), 0.06) == ()
    assert check_repetition(MEETING, 0.0) == ()
    assert check_repetition(levels(), 0.0) == ()


def test_powers_are_measured_in_frames_of_20_ms() -> None:
    block = CancelledBlock(np.full(500, 0.5, np.float32), np.zeros(500, np.float32))

    meter = EchoMeter()
    meter.add(block)
    meter.add(block)

    measured = meter.levels()

    assert measured.duration == pytest.approx(0.08)
    assert measured.residual.tolist() == [0.25] * 4
    assert measured.echo.tolist() == [0.0] * 4
