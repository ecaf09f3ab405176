from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvidia_engine.diarization.geometry import NEMOTRON, SORTFORMER, Geometry
from nvidia_engine.diarization.speaker_cache import Rows, compress


def rows_of(seed: int, count: int, speakers: int) -> tuple[Rows, Rows, Rows]:
    rng = np.random.default_rng(seed)
    activity = rng.beta(0.3, 0.9, (count, speakers)).astype(np.float32)
    embeddings = rng.standard_normal((count, 6)).astype(np.float32)
    return embeddings, activity, rng.standard_normal(6).astype(np.float32)


@pytest.mark.parametrize(("geometry", "speakers"), [(SORTFORMER, 4), (NEMOTRON, 8)])
@given(seed=st.integers(0, 9_999), extra=st.integers(1, 400))
@settings(max_examples=25, deadline=None)
def test_the_cache_holds_its_size_of_rows_that_were_there(
    geometry: Geometry, speakers: int, seed: int, extra: int
) -> None:
    embeddings, activity, silence = rows_of(seed, geometry.cache + extra, speakers)

    kept, their = compress(embeddings, activity, silence, geometry)

    assert (len(kept), len(their)) == (geometry.cache, geometry.cache)
    known = {row.tobytes() for row in embeddings} | {silence.tobytes()}
    assert {row.tobytes() for row in kept} <= known


def test_rows_of_silence_are_active_for_no_speaker() -> None:
    embeddings, activity, silence = rows_of(1, 300, 4)

    kept, their = compress(embeddings, activity, silence, SORTFORMER)

    is_silence = (kept == silence).all(axis=1)
    assert is_silence.sum() >= 4 * SORTFORMER.silence_rows
    assert not their[is_silence].any()


def test_frames_of_one_clear_speaker_are_kept_before_those_of_two() -> None:
    geometry = replace(SORTFORMER, cache=8, silence_rows=0)
    activity = np.full((12, 2), 0.9, np.float32)
    activity[[2, 5, 7, 9], 1] = activity[[0, 3, 6, 11], 0] = 0.0
    embeddings = np.arange(12, dtype=np.float32)[:, None].repeat(3, axis=1)

    kept, _ = compress(embeddings, activity, np.full(3, -1, np.float32), geometry)

    assert [int(row[0]) for row in kept] == [2, 5, 7, 9, 0, 3, 6, 11]


def test_ties_go_to_the_earliest_frames() -> None:
    geometry = replace(SORTFORMER, cache=4, silence_rows=0)
    embeddings = np.arange(9, dtype=np.float32)[:, None].repeat(2, axis=1)

    kept, _ = compress(
        embeddings[:4].repeat(2, axis=0), np.ones((8, 1), np.float32), embeddings[0], geometry
    )

    again, _ = compress(
        embeddings[:4].repeat(2, axis=0), np.ones((8, 1), np.float32), embeddings[0], geometry
    )
    assert np.array_equal(kept, again)
