"""Teams' transcript: cues with `<v Name>`; times from the start of the transcription.

Source
------
Microsoft Graph, callTranscript: https://learn.microsoft.com/graph/api/calltranscript-get
"""

import re

from audio.timelines.cue_blocks import has_voices, plain_text, prefix_of, voices_of
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.tallies import Outcome, tally

FORMAT = "teams_vtt"
SHAPE = "WebVTT with GUID/7-0 above each cue, and <v Name> in it"
NOBODY = (
    "attribution of speakers is off by default in Teams since 2026: an administrator or the "
    "organizer turns it on before the meeting."
)

_IDENT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/[0-9]+-[0-9]+")
_ODD_TIMES = re.compile(r"^-?[0-9]+:[0-9]:[0-9.]+[ \t]*-->|^[0-9]+:[0-9]+:[0-9]\.", re.MULTILINE)


def looks_like(document: Document) -> bool:
    """Return whether cues have the identifiers of Teams, or voices and its unpadded times."""
    if document.kind != "webvtt":
        return False
    if any(_IDENT.fullmatch(cue.ident) for cue in document.cues):
        return True
    return has_voices(document.cues) and _ODD_TIMES.search(document.text) is not None


def can_be(document: Document) -> bool:
    """Return whether content that is declared to be of this format can be it."""
    has_prefix = any(prefix_of(cue.text) for cue in document.cues)
    return document.kind == "webvtt" and (has_voices(document.cues) or not has_prefix)


def read(document: Document) -> Export:
    """Return an entry for each cue and each of its voices."""
    outcomes: list[Outcome] = []
    for cue in document.cues:
        text = plain_text(cue.text)
        voices = voices_of(cue.text)
        if voices is None:
            outcomes.append("no_name")
        for name in voices or ():
            outcomes.append(Entry(cue.start, cue.end, name, text=text) if name else "placeholder")
    return tally(FORMAT, outcomes, is_captions=True, nobody=NOBODY)
