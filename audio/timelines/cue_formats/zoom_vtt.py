"""Zoom's transcript: cues that are numbered, with `Name: words`; times of the recording."""

from audio.timelines.cue_blocks import has_voices, plain_text, prefix_of
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.tallies import Outcome, tally

FORMAT = "zoom_vtt"
SHAPE = "WebVTT with a number above each cue, and Name: words in it"


def looks_like(document: Document) -> bool:
    """Return whether all cues have a number, and some have a name in front."""
    cues = document.cues
    return (
        document.kind == "webvtt"
        and all(cue.ident.isdecimal() for cue in cues)
        and not has_voices(cues)
        and any(prefix_of(cue.text) for cue in cues)
    )


def can_be(document: Document) -> bool:
    """Return whether content that is declared to be of this format can be it."""
    return document.kind == "webvtt" and (
        not document.cues or any(prefix_of(cue.text) for cue in document.cues)
    )


def read(document: Document) -> Export:
    """Return an entry for each cue; one without a name continues the last one."""
    name = ""
    outcomes: list[Outcome] = []
    for cue in document.cues:
        prefix = prefix_of(cue.text)
        name = prefix or name
        text = plain_text(cue.text, prefix)
        outcomes.append(Entry(cue.start, cue.end, name, text=text) if name else "no_name")
    return tally(FORMAT, outcomes, is_captions=True)
