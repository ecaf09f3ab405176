"""Any content is read or refused, in a message that has none of its names."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio.timelines.entries import timeline_entries
from audio.timelines.export import Unreadable
from audio.timelines.registry import FORMATS, read_timeline
from tests.audio.timelines.export_writers import all_formats

NAMES = ("Xaviera Quill", "Yolande Zorn")
TEXTS = [
    text
    for _, _, _, text in all_formats(
        [(1.0, 3.0, NAMES[0]), (4.0, 6.0, NAMES[1]), (7.0, 9.0, NAMES[0])], lambda *_: "qqqq"
    )
]
OFTEN = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CUTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.1), st.text(max_size=3)), max_size=4)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*NAMES, "00:00:01", "2026-03-02T09:00:00Z", "0001-01-01T00:00:00+14:00"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def check(content: object, format: str, recording_start: float | None = None) -> None:
    """Read the content, and its entries; allow no other end than `Unreadable`."""
    message = ""
    try:
        export = read_timeline(content, format=format, recording_start=recording_start)
        entries, _ = timeline_entries(export, 10.0)
        assert all(entry.end >= entry.start for entry in entries)
    except Unreadable as error:
        message = str(error)
    secrets = [*NAMES, *(part for name in NAMES for part in name.split()), "qqqq"]
    assert not any(secret in message for secret in secrets)


@pytest.mark.parametrize("format", ["auto", *FORMATS])
@OFTEN
@given(text=st.sampled_from(TEXTS), cuts=CUTS)
def test_a_damaged_export_is_read_or_refused(
    format: str, text: str, cuts: list[tuple[float, float, str]]
) -> None:
    for place, length, instead in cuts:
        at = int(place * len(text))
        text = text[:at] + instead + text[at + int(length * len(text)) :]

    check(text, format)


@pytest.mark.parametrize("text", [text for text in TEXTS if text[0] in "[{"])
@OFTEN
@given(places=st.lists(st.integers(0, 10**6), min_size=1, max_size=3), value=VALUES)
def test_an_export_with_any_value_in_any_place_is_read_or_refused(
    text: str, places: list[int], value: object
) -> None:
    content = json.loads(text)
    for place in places:
        _replace(content, place, value)

    check(content, "auto")
    check(content, "auto", recording_start=1772442000.25)


def _replace(content: Any, place: int, value: object) -> None:
    """Replace one of the values, counted through the whole content."""
    places = list(_places(content))
    container, key = places[place % len(places)]
    container[key] = deepcopy(value)


def _places(content: Any) -> Any:
    if isinstance(content, dict | list):
        for key in list(content) if isinstance(content, dict) else range(len(content)):
            yield content, key
            yield from _places(content[key])


@OFTEN
@given(content=st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes | str) -> None:
    check(content, "auto")
