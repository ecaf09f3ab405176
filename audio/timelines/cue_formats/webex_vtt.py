"""Webex's transcript: cues with `<v Name>`, or with the name in the line above the times."""

import re

from audio.timelines.cue_blocks import Cue, has_voices, plain_text, voices_of
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.tallies import Outcome, tally

FORMAT = "webex_vtt"
SHAPE = 'WebVTT with 12 "Name" (number) above each cue, or <v Name> in it'

_IDENT = re.compile(r'[0-9]+[ \t]+"([^\n]*)"[ \t]+\(([0-9]+)\)')


def looks_like(document: Document) -> bool:
    """Return whether a cue has the identifier of Webex."""
    return document.kind == "webvtt" and any(_IDENT.fullmatch(one.ident) for one in document.cues)


def can_be(document: Document) -> bool:
    """Return whether content that is declared to be of this format can be it."""
    return document.kind == "webvtt" and (
        not document.cues or has_voices(document.cues) or looks_like(document)
    )


def read(document: Document) -> Export:
    """Return an entry for each cue."""
    outcomes = [outcome for cue in document.cues for outcome in _outcomes(cue)]
    return tally(FORMAT, outcomes, is_captions=True)


def _outcomes(cue: Cue) -> list[Outcome]:
    found = _IDENT.fullmatch(cue.ident)
    listed, session_id = (found[1].strip(), found[2]) if found else ("", "")
    voices = voices_of(cue.text)
    text = plain_text(cue.text)
    if voices is None:
        if not listed:
            return ["no_name"]
        return [Entry(cue.start, cue.end, listed, session_id=session_id, text=text)]
    # The number belongs to the name beside it, and to no other voice of the cue.
    return [
        Entry(
            cue.start,
            cue.end,
            name,
            session_id=session_id if name == listed else "",
            text=text,
        )
        if name
        else "placeholder"
        for name in voices
    ]
