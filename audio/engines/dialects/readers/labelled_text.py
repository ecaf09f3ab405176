"""Speakers' labels inside a transcript's text, as MOSS-Transcribe-Diarize writes them.

`[0.48][S01]words[1.66]` with times of its own, or `[S01]words` in a segment that has times.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from audio.engines.dialects.readers.answer_values import is_sound
from audio.engines.dialects.readers.segments import Segment, split

_MARK = re.compile(r"\[(?:(?P<time>\d{1,9}(?:\.\d{1,9})?)|(?P<label>S\d{1,4}))\]")
_HEADER = re.compile(r"\[\d{1,9}(?:\.\d{1,9})?\]\s*\[S\d{1,4}\]")


def has_labels(text: str) -> bool:
    """Return whether a text has a speaker's label."""
    return any(mark["label"] for mark in _MARK.finditer(text))


def has_header(text: str) -> bool:
    """Return whether a text has a time and a speaker's label before words."""
    return _HEADER.search(text) is not None


def split_at_labels(segment: Segment) -> Iterator[Segment]:
    """Yield the segments of the speakers whose labels are in a segment's text."""
    parts = [part[1:] for part in _parts(segment.text, segment.speaker) if part[2]]
    for part in split(segment, parts):
        yield replace(part, is_silence=is_sound(part.text))


def segments_of(text: str, length_s: float | None) -> tuple[list[Segment], bool]:
    """Return the segments of a text with labels, and whether it was cut before its end.

    Without times the labels share the recording. What is before the first header is dropped; a
    segment without an end lasts until the next one, the last until the recording's end.

    Raises
    ------
    ValueError
        When a segment ends before it starts.
    """
    first = _HEADER.search(text)
    if first is None:
        return list(split_at_labels(Segment(0.0, length_s or 0.0, text))), False
    segments: list[Segment] = []
    begin, pending = 0.0, list[tuple[str | None, str]]()

    def close(end: float) -> None:
        if pending and end < begin:
            raise ValueError("an end is before its start")
        segments.extend(split(Segment(begin, end, ""), pending))
        pending.clear()

    for time, speaker, written in _parts(text[first.start() :], None):
        if time is not None:
            close(time)
            begin = time
        if written:
            pending.append((speaker, written))
    is_cut = bool(pending)
    close(max(begin, length_s or 0.0))
    return [replace(one, is_silence=is_sound(one.text)) for one in segments], is_cut


def _parts(text: str, speaker: str | None) -> Iterator[tuple[float | None, str | None, str]]:
    """Yield the texts between marks, each with its speaker and the time mark before it."""
    at = 0
    time: float | None = None
    for mark in _MARK.finditer(text):
        written = text[at : mark.start()].strip()
        if written or time is not None:
            yield time, speaker, written
        time = None
        at = mark.end()
        if mark["time"]:
            time = float(mark["time"])
            speaker = None
        else:
            speaker = mark["label"]
    written = text[at:].strip()
    if written or time is not None:
        yield time, speaker, written
