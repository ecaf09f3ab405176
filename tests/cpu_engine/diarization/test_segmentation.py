from cpu_engine.diarization.segmentation import window_starts

SECOND = 16000


def test_a_short_recording_is_one_window() -> None:
    assert window_starts(SECOND).tolist() == [0]
    assert window_starts(10 * SECOND).tolist() == [0]


def test_the_last_window_reaches_the_end() -> None:
    assert window_starts(10 * SECOND + 1).tolist() == [0, 40000]
    assert window_starts(15 * SECOND).tolist() == [0, 40000, 80000]
