"""Any other WebVTT: cues with `<v Name>` or `Name: words`."""

from audio.timelines.cue_blocks import Cue, plain_text, prefix_of, voices_of
from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export
from audio.timelines.tallies import Outcome, tally

FORMAT = "vtt"
SHAPE = "WebVTT with <v Name> or Name: words"
NOBODY = (
    "no cue has <v Name> or Name: words. Teams and Stream write no names where attribution of "
    "speakers is off, which is the default in Teams since 2026."
)


def looks_like(document: Document) -> bool:
    """Return whether it is WebVTT."""
    return document.kind == "webvtt"


def read(document: Document) -> Export:
    """Return an entry for each cue and each of its voices."""
    outcomes = [outcome for cue in document.cues for outcome in read_cue(cue)]
    return tally(FORMAT, outcomes, is_captions=True, nobody=NOBODY)


def read_cue(cue: Cue) -> list[Outcome]:
    """Return the entries of a cue, or why it has none."""
    voices = voices_of(cue.text)
    if voices is None:
        prefix = prefix_of(cue.text)
        text = plain_text(cue.text, prefix)
        return [Entry(cue.start, cue.end, prefix, text=text) if prefix else "no_name"]
    text = plain_text(cue.text)
    return [
        Entry(cue.start, cue.end, name, text=text) if name else "placeholder" for name in voices
    ]
