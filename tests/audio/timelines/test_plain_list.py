"""The plain list: which JSON is a timeline, and what the error says of the rest."""

import pytest

from audio.merge.values import Span
from audio.timelines.export import Entry, Export, Unreadable
from audio.timelines.plain_list import parse_spans
from audio.timelines.registry import read_timeline

ENTRY = {"start": 1, "end": 2.5, "name": " Ana  Ruiz"}


def test_text_and_its_parsed_value_give_the_same_entries() -> None:
    text = '[{"start": 1, "end": 2.5, "name": " Ana  Ruiz"}]'

    export = read_timeline(text)

    assert export.format == "list"
    assert export.entries == (Entry(1.0, 2.5, "Ana Ruiz"),)
    assert read_timeline([ENTRY]) == export


def test_an_empty_list_is_an_empty_timeline() -> None:
    assert read_timeline(b"[]") == Export(format="list", entries=())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("[1]", r"timeline\[0\]: expected a list .* got a number"),
        ([ENTRY, {**ENTRY, "start": "x"}], r"timeline\[1\].start: expected .* got a text"),
        ([ENTRY, {**ENTRY, "start": None}], r"timeline\[1\].start: expected .* got nothing"),
        ([ENTRY, {"start": 1, "end": 2}], r"timeline\[1\].name: expected .* got nothing"),
        ('[{"start": NaN, "end": 1, "name": "Ana"}]', r"timeline\[0\].start: expected"),
        ([{**ENTRY, "end": float("inf")}], r"timeline\[0\].end: expected"),
        ([{**ENTRY, "end": 10**400}], r"timeline\[0\].end: expected"),
        ([{**ENTRY, "end": 0}], r"timeline\[0\]: expected .* got an end before the start"),
        ([{**ENTRY, "name": 7}], r"timeline\[0\].name: expected .* got a number"),
        ([{**ENTRY, "confidence": 2}], r"timeline\[0\].confidence: expected .* got a number"),
        ([{**ENTRY, "confidence": True}], r"timeline\[0\].confidence: expected"),
    ],
)
def test_an_invalid_timeline_is_refused_with_the_item(given: object, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read_timeline(given)


def test_spans_have_a_start_and_an_end() -> None:
    assert parse_spans('[{"start": 0, "end": 1}]', name="self_vad") == (Span(0.0, 1.0),)


def test_an_invalid_span_is_refused_with_the_item() -> None:
    with pytest.raises(ValueError, match=r"self_vad\[0\].end: expected .* got \"nothing\""):
        parse_spans([{"start": 0}], name="self_vad")
