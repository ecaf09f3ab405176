"""The ends of entries whose export has only a start."""

import pytest

from audio.timelines.export import Entry
from audio.timelines.open_ends import (
    SpeechEvent,
    end_at_recording,
    end_utterances,
    pair_events,
)


def on(time: float, person: str) -> SpeechEvent:
    return SpeechEvent("on", time, person, Entry(time, None, person))


def off(time: float, person: str) -> SpeechEvent:
    return SpeechEvent("off", time, person, Entry(time, None, person))


def leave(time: float, person: str) -> SpeechEvent:
    return SpeechEvent("leave", time, person, Entry(time, None, person))


def spans(*events: SpeechEvent) -> list[tuple[float, float | None, str]]:
    entries, _ = pair_events(events)
    return [(entry.start, entry.end, entry.name) for entry in entries]


def test_an_on_ends_at_its_off_however_long_it_takes() -> None:
    assert spans(on(0, "A"), off(120, "A")) == [(0, 120, "A")]


def test_an_on_without_its_off_ends_at_the_next_on_of_any_person() -> None:
    assert spans(on(0, "A"), on(4, "B"), off(6, "B"), on(9, "A"), off(10, "A")) == [
        (0, 4, "A"),
        (4, 6, "B"),
        (9, 10, "A"),
    ]


def test_an_on_ends_when_the_person_leaves() -> None:
    assert spans(on(0, "A"), leave(7, "A")) == [(0, 7, "A")]


def test_an_on_whose_next_event_is_late_ends_after_a_minute() -> None:
    assert spans(on(0, "A"), leave(200, "A")) == [(0, 60, "A")]


def test_an_on_without_a_next_event_has_no_end() -> None:
    assert spans(on(0, "A"), on(1, "B")) == [(0, None, "A"), (1, None, "B")]


def test_events_out_of_order_are_sorted() -> None:
    assert spans(off(5, "A"), on(3, "A"), on(1, "A"), off(2, "A")) == [(1, 2, "A"), (3, 5, "A")]


def test_an_event_sent_twice_is_a_duplicate() -> None:
    entries, duplicates = pair_events([on(0, "A"), on(0, "A"), off(2, "A"), off(2, "A")])

    assert (len(entries), duplicates) == (1, 2)


@pytest.mark.parametrize(("text", "end"), [("x" * 30, 2.0), ("Yes.", 1.0), ("x" * 300, 9.0)])
def test_an_utterance_lasts_as_long_as_its_text_or_until_the_next(text: str, end: float) -> None:
    first, last = end_utterances([Entry(0, None, "A", text=text), Entry(9, 10, "B")])

    assert (first.end, last.end) == (end, 10)


def test_without_any_text_an_utterance_ends_at_the_next() -> None:
    ended = end_utterances([Entry(0, None, "A"), Entry(0, None, "B"), Entry(7, None, "C")])

    assert [entry.end for entry in ended] == [7, 7, None]


@pytest.mark.parametrize(("recording_end", "end"), [(30.0, 30.0), (None, 65.0), (500.0, 65.0)])
def test_the_last_entry_ends_with_the_recording(recording_end: float | None, end: float) -> None:
    assert end_at_recording(Entry(5, None, "A"), recording_end) == end
