"""Teams' transcript with metadata: the text of each cue is a JSON object.

Source
------
Microsoft Graph, metadataContent: https://learn.microsoft.com/graph/api/calltranscript-get
"""

import json
from typing import Any

from audio.timelines.clock_times import require_iso
from audio.timelines.cue_blocks import Cue
from audio.timelines.cue_formats.teams_vtt import NOBODY
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export, Unreadable
from audio.timelines.tallies import Outcome, tally

FORMAT = "teams_metadata"
SHAPE = 'WebVTT whose cues are {"startDateTime", "endDateTime", "speakerName", "spokenText"}'


def looks_like(document: Document) -> bool:
    """Return whether the first cue is such an object."""
    return document.kind == "webvtt" and any(
        cue.text.lstrip().startswith("{") and "speakerName" in cue.text
        for cue in document.cues[:1]
    )


def can_be(document: Document) -> bool:
    """Return whether content that is declared to be of this format can be it."""
    return document.kind == "webvtt" and (not document.cues or looks_like(document))


def read(document: Document) -> Export:
    """Return an entry for each cue: its absolute times where the recording's start is known."""
    outcomes = [
        _outcome(cue, _fields(cue), is_absolute=document.wants_absolute) for cue in document.cues
    ]
    zero = 0.0 if document.wants_absolute else None
    return tally(FORMAT, outcomes, is_captions=True, nobody=NOBODY, zero=zero)


def _fields(cue: Cue) -> dict[str, Any]:
    try:
        fields = json.loads(cue.text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Unreadable("expected a JSON object.", place=f" line {cue.line + 1}")
    return fields


def _outcome(cue: Cue, fields: dict[str, Any], *, is_absolute: bool) -> Outcome:
    name, text = fields.get("speakerName"), fields.get("spokenText")
    if not isinstance(name, str):
        return "no_name"
    start, end = cue.start, cue.end
    if is_absolute:
        place = f" line {cue.line + 1}"
        start, end = (
            require_iso(fields.get(key), f"{place}, {key}")
            for key in ("startDateTime", "endDateTime")
        )
    return Entry(start, end, name, text=text if isinstance(text, str) else "")
