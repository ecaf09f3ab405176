"""The program around the networks against NeMo and transformers, on tiny random twins.

The reference numbers are committed beside the graphs; `make oracle` makes them anew.
"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nvidia_engine import features
from nvidia_engine.device import Device
from nvidia_engine.diarization import stream
from nvidia_engine.diarization.geometry import Geometry
from nvidia_engine.diarization.speaker_cache import Rows
from nvidia_engine.diarization.stream import stream_activity
from nvidia_engine.features import Features, Samples, frame_count, mel_rows, normalize
from nvidia_engine.sessions import Recognizer, SpeakerEncoder, StreamingDiarizer
from tests.nvidia_engine.models_folder import TINY

Reference = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module")
def rows(meeting: Samples) -> Features:
    """The meeting's features, as every stream hears them."""
    return mel_rows(meeting, 0, frame_count(len(meeting)), bands=128)


def activity_of(
    diarizer: StreamingDiarizer,
    rows: Features,
    geometry: Geometry | None = None,
    silence: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    facts = diarizer.facts
    parts = stream_activity(
        diarizer,
        lambda start, end: rows[start:end],
        len(rows),
        geometry or facts.geometry,
        facts.silence if silence is None else silence,
        facts.speakers,
    )
    return np.concatenate(list(parts))


def difference(activity: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
    return float(np.abs(activity - expected.astype(np.float32)).max())


def test_mel_features_are_nemos(meeting: Samples, reference: Reference) -> None:
    rows = mel_rows(meeting[:32_000], 0, 200, bands=128)

    assert np.abs(rows - reference["mel_dia"]).max() < 5e-4
    assert np.abs(normalize(rows) - reference["mel_asr"]).max() < 5e-4


def test_a_periodic_window_would_be_noticed(
    meeting: Samples, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "WINDOW", np.pad(np.hanning(401)[:400], 56))

    rows = mel_rows(meeting[:32_000], 0, 200, bands=128)

    assert np.abs(rows - reference["mel_dia"]).max() > 5e-4


def test_sortformers_stream_is_nemos(
    sortformer: StreamingDiarizer, rows: Features, reference: Reference
) -> None:
    activity = activity_of(sortformer, rows)

    assert difference(activity, reference["sortformer_activity"]) < 1e-4


def test_nemotrons_stream_is_that_of_transformers(
    nemotron: StreamingDiarizer, rows: Features, reference: Reference
) -> None:
    activity = activity_of(nemotron, rows)

    # The reference is stored in 16 bits.
    assert difference(activity, reference["nemotron_activity"]) < 5e-4


def test_a_cache_of_the_first_frames_would_be_noticed(
    sortformer: StreamingDiarizer,
    rows: Features,
    reference: Reference,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def first(held: Rows, activity: Rows, _: Rows, geometry: Geometry) -> tuple[Rows, Rows]:
        return held[: geometry.cache], activity[: geometry.cache]

    monkeypatch.setattr(stream, "compress", first)

    assert difference(activity_of(sortformer, rows), reference["sortformer_activity"]) > 0.1


def test_a_stream_without_a_queue_would_be_noticed(
    sortformer: StreamingDiarizer, rows: Features, reference: Reference
) -> None:
    without = replace(sortformer.facts.geometry, fifo=0)

    activity = activity_of(sortformer, rows, geometry=without)

    assert difference(activity, reference["sortformer_activity"]) > 0.01


def test_a_stream_without_learned_silence_would_be_noticed(
    nemotron: StreamingDiarizer, rows: Features, reference: Reference
) -> None:
    silence = np.zeros_like(nemotron.facts.silence)

    activity = activity_of(nemotron, rows, silence=silence)

    assert difference(activity, reference["nemotron_activity"]) > 0.002


def random_batches() -> list[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """Build the 20 ragged batches of 5 that NeMo decoded."""
    rng = np.random.default_rng(1)
    return [
        (
            (rng.standard_normal((5, 64, 120)) * rng.uniform(2, 30)).astype(np.float32),
            rng.integers(1, 121, 5),
        )
        for _ in range(20)
    ]


def equal_sequences(recognizer: Recognizer, reference: Reference) -> int:
    expected = reference["tdt_tokens"]
    equal = 0
    for case, (encoded, counts) in enumerate(random_batches()):
        for row, tokens in enumerate(recognizer.decode(encoded, counts)):
            is_row = (expected[:, 0] == case) & (expected[:, 1] == row)
            equal += [token.number for token in tokens] == expected[is_row, 2].tolist()
    return equal


def test_all_token_sequences_of_ragged_batches_are_nemos(
    recognizer: Recognizer, reference: Reference
) -> None:
    assert equal_sequences(recognizer, reference) == 100


def test_a_wrong_jump_at_blanks_would_be_noticed(
    recognizer: Recognizer, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nvidia_engine.recognition.tdt.DURATIONS", np.array([1, 1, 2, 3, 4]))

    assert equal_sequences(recognizer, reference) < 100


def test_a_recording_gives_nemos_tokens_at_nemos_frames(
    recognizer: Recognizer, meeting: Samples, reference: Reference
) -> None:
    rows = mel_rows(meeting[:320_000], 0, 2_000, recognizer.bands)

    [tokens] = recognizer([normalize(rows)])

    assert [token.number for token in tokens] == reference["parakeet_tokens"].tolist()
    assert [token.frame for token in tokens] == reference["parakeet_frames"].tolist()


def test_an_embedding_is_nemos(cpu: Device, meeting: Samples, reference: Reference) -> None:
    embed = SpeakerEncoder(TINY / "titanet.onnx", cpu)
    rows = mel_rows(meeting[:128_000], 0, 800, embed.bands)

    [vector] = embed([normalize(rows)])

    expected = reference["titanet"]
    cosine = vector @ expected / np.linalg.norm(vector) / np.linalg.norm(expected)
    assert cosine > 0.9999
