"""The outcomes of reading the items of an export: entries, and the reasons of those left out."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from audio.timelines.export import MAX_ENTRIES, Entry, Export, at_most

Reason = Literal[
    "no_name",
    "placeholder",
    "no_length",
    "interim",
    "provisional",
    "not_speech",
    "duplicate",
    "paused",
    "outside",
]
Outcome = Entry | Reason


def tally(format: str, outcomes: Iterable[Outcome], **facts: Any) -> Export:
    """Return the export of these entries; a text among them is the reason of one left out.

    Raises
    ------
    Unreadable
        For too many entries.
    """
    entries: list[Entry] = []
    dropped: Counter[str] = Counter()
    for outcome in outcomes:
        if isinstance(outcome, Entry):
            entries.append(outcome)
            if len(entries) > MAX_ENTRIES:
                raise at_most(f"{MAX_ENTRIES:,} entries")
        else:
            dropped[outcome] += 1
    return Export(format=format, entries=tuple(entries), dropped=dict(dropped), **facts)
