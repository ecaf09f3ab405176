"""SRT: numbered subtitles with `Name: words`."""

from audio.timelines.cue_formats.vtt import read_cue
from audio.timelines.documents import Document
from audio.timelines.export import Export
from audio.timelines.tallies import tally

FORMAT = "srt"
SHAPE = "SRT with Name: words"


def looks_like(document: Document) -> bool:
    """Return whether it is SRT."""
    return document.kind == "srt"


def read(document: Document) -> Export:
    """Return an entry for each subtitle."""
    outcomes = [outcome for cue in document.cues for outcome in read_cue(cue)]
    return tally(FORMAT, outcomes, is_captions=True, nobody="no subtitle has Name: words.")
