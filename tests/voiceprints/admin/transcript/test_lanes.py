"""Bars of speech, in a lane of length 1000."""

from voiceprints.admin.transcript.lanes import Bar, BlockSpan, build_bars


def test_a_bar_is_where_a_speaker_speaks() -> None:
    assert build_bars([BlockSpan(2000, 5000, 7)], 10_000) == [Bar(200.0, 300.0, 7, 2000)]


def test_spans_that_follow_closely_are_one_bar() -> None:
    spans = [BlockSpan(0, 1000, 0), BlockSpan(1010, 2000, 1), BlockSpan(5000, 6000, 2)]

    assert build_bars(spans, 10_000) == [Bar(0.0, 200.0, 0, 0), Bar(500.0, 100.0, 2, 5000)]


def test_a_short_span_of_a_long_recording_is_visible() -> None:
    assert build_bars([BlockSpan(0, 300, 0)], 36_000_000) == [Bar(0.0, 2.0, 0, 0)]


def test_a_span_inside_another_does_not_shorten_it() -> None:
    assert build_bars([BlockSpan(0, 5000, 0), BlockSpan(1000, 2000, 1)], 10_000) == [
        Bar(0.0, 500.0, 0, 0)
    ]


def test_a_recording_without_duration_has_a_bar() -> None:
    assert build_bars([BlockSpan(0, 0, 0)], 0) == [Bar(0.0, 2.0, 0, 0)]
