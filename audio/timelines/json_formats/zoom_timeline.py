"""Zoom's timeline: who is active from each moment on, in the time of the recording's file."""

from collections.abc import Iterator, Sequence
from typing import Any

from audio.timelines.clock_times import require_clock
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.json_formats.json_list import answers_in, items_under, text_of
from audio.timelines.tallies import Outcome, tally

FORMAT = "zoom_timeline"
SHAPE = '{"timeline" or "timeline_refine": [{"ts", "users": [{"username"}]}]}'
_REFINED, _COARSE = "timeline_refine", "timeline"
# What Zoom writes in place of the account of a participant by telephone.
_TELEPHONE = "Unknown Speaker"


def looks_like(document: Document) -> bool:
    """Return whether an object has one of the two lists, and items of it have users."""
    return any(
        _is_changes(answer.get(key))
        for _, answer in answers_in(document.value)
        for key in (_REFINED, _COARSE)
    )


def _is_changes(listed: object) -> bool:
    return isinstance(listed, list) and all(
        isinstance(item, dict) and "users" in item and "ts" in item for item in listed[:20]
    )


def read(document: Document) -> Export:
    """Return an entry for each active user of each moment, until the next moment."""
    changes = []
    for key in (_REFINED, _COARSE):
        placed = list(items_under(document.value, key))
        changes = [
            (require_clock(item.get("ts"), f"{place}.ts"), item.get("users"))
            for place, item in placed
        ]
        if changes:
            break
    changes.sort(key=lambda change: change[0])
    return tally(FORMAT, _outcomes(changes), nobody="no user has a username.")


def _outcomes(changes: Sequence[tuple[float, Any]]) -> Iterator[Outcome]:
    ends = [*(time for time, _ in changes[1:]), None]
    for (start, users), end in zip(changes, ends, strict=False):
        if end is not None and end <= start:
            continue
        for user in users if isinstance(users, list) else ():
            if isinstance(user, dict):
                yield _entry(start, end, user)


def _entry(start: float, end: float | None, user: dict[str, Any]) -> Outcome:
    name, account = text_of(user, "username"), text_of(user, "zoom_userid")
    return (
        Entry(
            start,
            end,
            name,
            stable_id="" if account == _TELEPHONE else account,
            session_id=text_of(user, "user_id"),
            room=user.get("multiple_people") is True,
        )
        if name
        else "no_name"
    )
