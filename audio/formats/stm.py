"""Cues as STM, which evaluation tools read: NIST's sclite, MeetEval.

Source: https://github.com/usnistgov/SCTK/blob/master/doc/infmts.htm
"""

from collections.abc import Iterable

from audio.formats.cues import Cue


def stm(shown: Iterable[Cue], recording: str) -> str:
    """A line for each stretch; its fields are parted by spaces, so names have none."""
    return "".join(
        f"{_word(recording)} 1 {_word(cue.speaker)} {cue.start:.3f} {cue.end:.3f} "
        f"{' '.join(cue.text.split())}".rstrip()
        + "\n"
        for cue in shown
    )


def _word(text: str) -> str:
    # A line that begins with two semicolons is a comment.
    return "_".join(text.split()).lstrip(";") or "unknown"
