"""RTTM: `SPEAKER file 1 start duration <NA> <NA> name <NA> <NA>`, in seconds.

Source
------
NIST, Rich Transcription 2009 evaluation plan, appendix A.
"""

import re
from collections.abc import Iterator

from audio.timelines.documents import Document
from audio.timelines.export import Entry, Export, Unreadable
from audio.timelines.tallies import Outcome, tally

FORMAT = "rttm"
SHAPE = "lines SPEAKER file 1 start duration <NA> <NA> name <NA> <NA>"

_LINE = re.compile(r"^[ \t]*SPEAKER[ \t]+([^\n]*)$", re.MULTILINE)
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")


def looks_like(document: Document) -> bool:
    """Return whether it is RTTM."""
    return document.kind == "rttm"


def read(document: Document) -> Export:
    """Return an entry for each SPEAKER line; skip comments and other types.

    Raises
    ------
    Unreadable
        For a line that cannot be read, or for more than one recording.
    """
    return tally(FORMAT, _outcomes(document.text), nobody="no SPEAKER line has a name.")


def _outcomes(text: str) -> Iterator[Outcome]:
    line, counted_to, recording = 1, 0, None
    for found in _LINE.finditer(text):
        line += text.count("\n", counted_to, found.start())
        counted_to = found.start()
        fields = found[1].split()
        place = f" line {line}"
        if len(fields) < 7 or not all(map(_NUMBER.fullmatch, fields[2:4])):
            raise Unreadable(f"expected {SHAPE}.", place=place)
        recording = recording or fields[0]
        if fields[0] != recording:
            raise Unreadable("expected the lines of one recording; got a second one.", place=place)
        start = float(fields[2])
        name = fields[6].replace("_", " ").strip()
        yield Entry(start, start + float(fields[3]), name) if name != "<NA>" else "no_name"
