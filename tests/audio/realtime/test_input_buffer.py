"""The buffer of appended audio."""

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_django import Settings

from audio.api.event_fields import InvalidEvent
from audio.realtime.input_buffer import LONGEST_TURN, InputBuffer, TurnEnded, TurnStarted
from audio.realtime.voice_activity import TurnDetection
from tests.conftest import CLINIC
from tests.recordings import samples_of

Samples = NDArray[np.int16]
RATE = 16_000
SILENCE = np.zeros(RATE, np.int16)


@pytest.fixture(scope="module")
def speech() -> Samples:
    return samples_of(CLINIC / "mic.flac")[: RATE * 40]


def test_a_client_that_commits_gets_what_it_appended() -> None:
    buffer = InputBuffer(None)
    ramp = np.arange(4000, dtype=np.int16)

    buffer.append(ramp[:1000])
    buffer.append(ramp[1000:])

    taken, is_silent = buffer.commit()
    assert (taken.tolist(), is_silent) == (ramp.tolist(), False)


def test_less_than_a_tenth_of_a_second_is_not_committed() -> None:
    buffer = InputBuffer(None)
    buffer.append(SILENCE[:1599])

    with pytest.raises(InvalidEvent, match="at least 100 ms of audio, got 99 ms") as refused:
        buffer.check_length(0)

    assert refused.value.code == "input_audio_buffer_commit_empty"
    buffer.check_length(1)
    assert len(buffer.commit(SILENCE[:1])[0]) == 1600


def test_what_was_cleared_is_not_committed() -> None:
    buffer = InputBuffer(None)
    buffer.append(SILENCE)

    buffer.clear()

    assert len(buffer.commit()[0]) == 0


def test_audio_without_a_commit_is_refused_at_the_limit(settings: Settings) -> None:
    settings.REALTIME_BUFFER_S = 2.0
    buffer = InputBuffer(None)
    buffer.append(SILENCE)
    buffer.append(SILENCE)

    with pytest.raises(InvalidEvent, match=r"at most 2 s in the input audio buffer, got 3\.0 s"):
        buffer.check_room(RATE)

    InputBuffer(TurnDetection()).check_room(3 * RATE)


def test_hours_of_silence_take_no_memory_where_pauses_end_turns() -> None:
    buffer = InputBuffer(TurnDetection(prefix_padding_ms=300))
    for _ in range(20):
        buffer.append(SILENCE)

    taken, is_silent = buffer.commit()

    assert is_silent
    assert 0.3 * RATE <= len(taken) < 0.5 * RATE


def test_a_turn_has_the_padding_before_and_the_pause_after_it(
    speech: Samples,
) -> None:
    buffer = InputBuffer(TurnDetection(prefix_padding_ms=300, silence_duration_ms=500))

    turns = buffer.append(np.concatenate([SILENCE, speech[: RATE * 11], SILENCE]))

    started, first = turns[:2]
    assert isinstance(started, TurnStarted)
    assert isinstance(first, TurnEnded)
    assert len(first.samples) == first.position - started.position
    assert np.abs(first.samples[: RATE // 10]).max() < np.abs(first.samples).max() / 10
    assert np.abs(first.samples[-RATE // 4 :]).max() < np.abs(first.samples).max() / 3


def test_speech_without_a_pause_is_cut_and_nothing_of_it_is_lost(
    speech: Samples,
) -> None:
    buffer = InputBuffer(TurnDetection(silence_duration_ms=10_000))

    started, first, again = buffer.append(speech)

    assert isinstance(first, TurnEnded)
    assert 20 * RATE <= len(first.samples) <= LONGEST_TURN
    assert again == TurnStarted(first.position)
    rest, _ = buffer.commit()
    heard = np.concatenate([first.samples, rest])
    assert heard.tolist() == speech[started.position :].tolist()


def test_what_was_appended_before_pauses_counted_is_heard_too(
    speech: Samples,
) -> None:
    buffer = InputBuffer(None)
    buffer.append(speech[: RATE * 12])

    turns = buffer.use(TurnDetection())

    assert [type(turn) for turn in turns][:2] == [TurnStarted, TurnEnded]


def test_a_client_that_turns_pauses_off_commits_the_turn_itself(
    speech: Samples,
) -> None:
    buffer = InputBuffer(TurnDetection())
    buffer.append(speech[: RATE * 2])
    assert buffer.is_turn

    buffer.use(None)

    taken, is_silent = buffer.commit()
    assert len(taken) > RATE
    assert not is_silent


def test_a_turn_after_a_commit_holds_nothing_of_what_was_committed(speech: Samples) -> None:
    buffer = InputBuffer(TurnDetection())
    buffer.append(speech[: RATE * 2 + 77])
    buffer.commit(SILENCE[:9])
    committed = buffer.end

    turns = buffer.append(speech[: RATE * 12])

    ended = next(turn for turn in turns if isinstance(turn, TurnEnded))
    start, stop = ended.position - len(ended.samples) - committed, ended.position - committed
    assert start >= 0
    assert ended.samples.tolist() == speech[start:stop].tolist()


def test_what_waits_unheard_is_counted_where_the_client_commits() -> None:
    manual, automatic = InputBuffer(None), InputBuffer(TurnDetection())
    manual.append(SILENCE)
    automatic.append(SILENCE)

    assert (manual.unheard_s, automatic.unheard_s) == (1.0, 0.0)
