"""The plain list: which JSON is a timeline, and what the error says of the rest."""

import pytest

from audio.merge.values import Span, TimelineEntry
from audio.timelines.plain_list import parse_spans, parse_timeline

ENTRY = {"start": 1, "end": 2.5, "name": " Ana  Ruiz"}


def test_text_and_its_parsed_value_give_the_same_entries() -> None:
    text = '[{"start": 1, "end": 2.5, "name": " Ana  Ruiz"}]'

    entries = parse_timeline(text, name="timeline")

    assert entries == (TimelineEntry(1.0, 2.5, "Ana Ruiz", 1.0),)
    assert parse_timeline([ENTRY], name="timeline") == entries


def test_an_empty_list_is_an_empty_timeline() -> None:
    assert parse_timeline(b"[]", name="timeline") == ()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{", "timeline: not JSON; expected a list"),
        ("null", "timeline: expected a list"),
        ("[1]", r"timeline\[0\]: expected a list .* got 1"),
        ([ENTRY, {**ENTRY, "start": "x"}], r"timeline\[1\].start: expected .* got \"x\""),
        ([{**ENTRY, "end": float("inf")}], r"timeline\[0\].end: expected"),
        ([{**ENTRY, "end": 10**400}], r"timeline\[0\].end: expected"),
        ([{**ENTRY, "end": 0}], r"timeline\[0\]: expected"),
        ([{**ENTRY, "name": 7}], r"timeline\[0\].name: expected .* got 7"),
        ([{**ENTRY, "confidence": 2}], r"timeline\[0\].confidence: expected .* got 2"),
        ([{**ENTRY, "confidence": True}], r"timeline\[0\].confidence: expected"),
    ],
)
def test_an_invalid_timeline_is_refused_with_the_item(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_timeline(given, name="timeline")


def test_spans_have_a_start_and_an_end() -> None:
    assert parse_spans('[{"start": 0, "end": 1}]', name="self_vad") == (Span(0.0, 1.0),)


def test_an_invalid_span_is_refused_with_the_item() -> None:
    with pytest.raises(ValueError, match=r"self_vad\[0\].end: expected .* got \"nothing\""):
        parse_spans([{"start": 0}], name="self_vad")
