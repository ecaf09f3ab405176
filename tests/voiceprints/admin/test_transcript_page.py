"""Speech as bars, on a line of 1000."""

from voiceprints.admin.transcript_page import Bar, Span, bars_of


def test_a_bar_lies_where_somebody_speaks() -> None:
    assert bars_of([Span(2000, 5000, 7)], 10_000) == [Bar(200.0, 300.0, 7, 2000)]


def test_what_follows_closely_is_one_bar() -> None:
    spans = [Span(0, 1000, 0), Span(1010, 2000, 1), Span(5000, 6000, 2)]

    assert bars_of(spans, 10_000) == [Bar(0.0, 200.0, 0, 0), Bar(500.0, 100.0, 2, 5000)]


def test_a_word_in_a_long_day_can_still_be_seen() -> None:
    assert bars_of([Span(0, 300, 0)], 36_000_000) == [Bar(0.0, 2.0, 0, 0)]


def test_a_span_inside_another_does_not_shorten_it() -> None:
    assert bars_of([Span(0, 5000, 0), Span(1000, 2000, 1)], 10_000) == [Bar(0.0, 500.0, 0, 0)]


def test_a_recording_without_length_is_no_error() -> None:
    assert bars_of([Span(0, 0, 0)], 0) == [Bar(0.0, 2.0, 0, 0)]
