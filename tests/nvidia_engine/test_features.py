from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvidia_engine.features import SAMPLE_RATE, frame_count, mel_rows, normalize
from nvidia_engine.media.audio_samples import SampleFile

RNG = np.random.default_rng(0)
NOISE = RNG.standard_normal(20 * SAMPLE_RATE).astype(np.float32) * 0.1


@given(start=st.integers(0, 1_999), length=st.integers(1, 1_500))
@settings(max_examples=12, deadline=None)
def test_a_part_is_bit_by_bit_that_of_the_whole(start: int, length: int) -> None:
    whole = mel_rows(NOISE, 0, 2_000, bands=80)

    part = mel_rows(NOISE, start, start + length, bands=80)

    assert np.array_equal(part, whole[start : start + length])


def test_a_file_gives_the_rows_of_an_array(tmp_path: Path) -> None:
    path = tmp_path / "samples"
    NOISE.tofile(path)
    with path.open("rb") as file:
        rows = mel_rows(SampleFile(file.fileno(), len(NOISE)), 990, 1_100, 128)

    assert np.array_equal(rows, mel_rows(NOISE, 990, 1_100, 128))


def test_rows_end_with_the_recording() -> None:
    assert mel_rows(NOISE[:1_700], 0, 1_000, bands=80).shape == (10, 80)
    assert mel_rows(NOISE[:1_700], 10, 20, bands=80).shape == (0, 80)


def test_there_is_a_frame_for_each_10_ms() -> None:
    assert frame_count(SAMPLE_RATE) == 100


def test_a_louder_recording_has_the_same_normalized_features() -> None:
    quiet, loud = (mel_rows(NOISE * gain, 0, 300, bands=80) for gain in (200, 800))

    assert normalize(quiet) == pytest.approx(normalize(loud), abs=1e-3)


def test_one_row_is_normalized_without_a_deviation() -> None:
    assert np.array_equal(normalize(np.ones((1, 80), np.float32)), np.zeros((1, 80)))
