"""Who spoke when, and whose voice it is, where both are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nvidia_engine.diarization import stream
from nvidia_engine.diarization.geometry import Geometry
from nvidia_engine.diarization.speaker_cache import Rows
from nvidia_engine.diarization.stream import stream_activity
from nvidia_engine.diarization.turns import NEMOTRON, Turn, find_turns
from nvidia_engine.features import Features, mel_rows
from nvidia_engine.inference.messages import Batch
from nvidia_engine.inference.units import Kind
from tests.nvidia_engine.known_answers.engines import KnownEngine
from tests.nvidia_engine.known_answers.recordings import (
    SpokenTurns,
    expected_turns,
    spoken_turns,
    voices_of,
)

PERIOD_S = 256


def spans_of(turns: list[Turn]) -> list[tuple[str, float, float]]:
    return [(turn.speaker, turn.start, turn.end) for turn in turns]


@pytest.mark.parametrize("voices", [5, 6, 7, 8])
def test_five_to_eight_speakers_have_their_turns_and_their_voices(
    known: KnownEngine, voices: int
) -> None:
    spoken = spoken_turns(120, voices)
    recording = known.recording(spoken.samples)

    diarization = known.engine.diarize(recording)
    embeddings = known.engine.embed(recording, diarization)

    assert spans_of(diarization.turns) == expected_turns(spoken.truth)
    vectors = np.stack([embeddings[f"Speaker_{number}"] for number in range(voices)])
    assert vectors @ vectors.T == pytest.approx(np.eye(voices), abs=1e-6)


def test_a_speaker_of_one_second_has_turns_and_no_embedding(known: KnownEngine) -> None:
    spoken = spoken_turns(60, 3)
    short = np.concatenate([spoken.truth[:, :2], np.zeros((len(spoken.truth), 1), bool)], axis=1)
    short[-40:-27, 2] = True
    recording = known.recording(voices_of(short))

    diarization = known.engine.diarize(recording)
    embeddings = known.engine.embed(recording, diarization)

    assert diarization.labels == ["Speaker_0", "Speaker_1", "Speaker_2"]
    assert set(embeddings) == {"Speaker_0", "Speaker_1"}


@pytest.fixture(scope="module")
def period() -> tuple[SpokenTurns, Features]:
    """Turns of eight voices that repeat for ever, and their features: two hours cost little."""
    spoken = spoken_turns(PERIOD_S, 8)
    frames = PERIOD_S * 100
    thrice = np.tile(spoken.samples, 3)
    return spoken, mel_rows(thrice, frames, 2 * frames, bands=128)


def activity_of(known: KnownEngine, rows: Features, times: int) -> NDArray[np.bool_]:
    facts = known.models.ready.diarizer

    def mel(start: int, end: int) -> Features:
        return rows[np.arange(start, min(end, times * len(rows))) % len(rows)]

    parts = stream_activity(
        lambda asked: known.models(Batch(Kind.TURNS, [asked]))[0],
        mel,
        times * len(rows),
        facts.geometry,
        facts.silence,
        facts.speakers,
    )
    return np.concatenate(list(parts)) > 0.5


def test_not_a_frame_of_two_hours_is_wrong(
    known: KnownEngine, period: tuple[SpokenTurns, Features]
) -> None:
    spoken, rows = period
    times = 7_200 // PERIOD_S + 1

    activity = activity_of(known, rows, times)

    order = np.argsort(spoken.truth.argmax(axis=0))
    truth = np.tile(np.repeat(spoken.truth[:, order], 8, axis=0), (times, 1))
    assert np.array_equal(activity, truth)
    turns, _ = find_turns(activity.astype(np.uint8) * 255, 0.01, NEMOTRON)
    assert spans_of(turns) == expected_turns(np.tile(spoken.truth, (times, 1)))


def test_a_cache_of_the_first_frames_would_be_noticed(
    known: KnownEngine,
    period: tuple[SpokenTurns, Features],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def first(rows: Rows, activity: Rows, _: Rows, geometry: Geometry) -> tuple[Rows, Rows]:
        return rows[: geometry.cache], activity[: geometry.cache]

    monkeypatch.setattr(stream, "compress", first)
    spoken, rows = period

    activity = activity_of(known, rows, 1)

    order = np.argsort(spoken.truth.argmax(axis=0))
    truth = np.repeat(spoken.truth[:, order], 8, axis=0)
    assert (activity != truth).any(axis=1).mean() > 0.01
