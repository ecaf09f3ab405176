"""Cues of WebVTT and SRT: identifier, times and text, and who is named in the text."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from audio.timelines.clock_times import CLOCK, clock_seconds
from audio.timelines.export import Unreadable

LONGEST_PREFIX = 60
MOST_WORDS = 6

_BLANK_LINES = re.compile(r"\n[ \t]+(?=\n)")
_BLOCK = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_TIMES = re.compile(rf"[ \t]*{CLOCK}[ \t]*-->[ \t]*{CLOCK}(?![^ \t])")
_COMMENTS = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]+([^<>\n]*))?>")
_TAG = re.compile(r"<[^<>]*>")
_PREFIX = re.compile(r"[ \t]*([^\n]{1,200}?)(?::(?=\s|$)|\uff1a)")


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue: its identifier, times in seconds, and text with its tags."""

    ident: str
    start: float
    end: float
    text: str
    line: int


def read_cues(text: str) -> tuple[Cue, ...]:
    """Return the cues of WebVTT or SRT; skip headers, notes, styles and regions.

    Raises
    ------
    Unreadable
        With the number of the line, where the times of a cue cannot be read.
    """
    text = _BLANK_LINES.sub("\n", text)
    cues: list[Cue] = []
    line, counted_to = 1, 0
    for block in _BLOCK.finditer(text):
        line += text.count("\n", counted_to, block.start())
        counted_to = block.start()
        if "-->" in block[0] and not _COMMENTS.match(block[0]):
            cues.extend(_cues_of(block[0].split("\n"), line))
    return tuple(cues)


def _cues_of(lines: Sequence[str], first_line: int) -> Iterator[Cue]:
    """Yield the cues of a block; files without blank lines have several in one."""
    times = [
        (at, found)
        for at, line in enumerate(lines)
        if "-->" in line and (found := _TIMES.match(line))
    ]
    if not times:
        raise _bad_times(first_line)
    ends = [at for at, _ in times[1:]]
    for (at, found), following in zip(times, [*ends, len(lines)], strict=True):
        groups = found.groups()
        start, end = clock_seconds(groups[:5]), clock_seconds(groups[5:])
        ident = lines[at - 1].strip() if at else ""
        yield Cue(ident, start, end, "\n".join(lines[at + 1 : following]), first_line + at)


def _bad_times(line: int) -> Unreadable:
    return Unreadable("expected HH:MM:SS.mmm --> HH:MM:SS.mmm.", place=f" line {line}")


def has_voices(cues: Sequence[Cue]) -> bool:
    """Return whether a cue has a voice tag."""
    return any("<v" in cue.text for cue in cues)


def voices_of(text: str) -> list[str] | None:
    """Return the names of the voice tags, each once; None for a text without such tags.

    Examples
    --------
    >>> voices_of("<v Ana &amp; Ben>Good morning.")
    ['Ana & Ben']

    """
    if "<v" not in text:
        return None
    found = [html.unescape(name or "").strip() for name in _VOICE.findall(text)]
    return list(dict.fromkeys(found)) if found else None


def prefix_of(text: str) -> str:
    """Return the name in front of the first colon; empty where that is not a name.

    A name has a letter, does not begin with a digit, has at most 60 characters and 6 words, and
    no `://`.

    Examples
    --------
    >>> prefix_of("Ana Ruiz: Good morning."), prefix_of("10:30 Standup: moved")
    ('Ana Ruiz', '')

    """
    found = _PREFIX.match(text)
    if found is None:
        return ""
    return _name_in(found[1])


@lru_cache(maxsize=4096)
def _name_in(prefix: str) -> str:
    name = html.unescape(_TAG.sub("", prefix)).strip()
    is_name = (
        any(map(str.isalpha, name))
        and not name[0].isdigit()
        and len(name) <= LONGEST_PREFIX
        and len(name.split()) <= MOST_WORDS
        and "://" not in name
    )
    return name if is_name else ""


def plain_text(text: str, prefix: str = "") -> str:
    """Return the text of a cue without tags, entities, and the name in front."""
    plain = html.unescape(_TAG.sub("", text)) if "<" in text or "&" in text else text
    plain = plain.strip()
    if prefix and plain.startswith(prefix):
        return plain[len(prefix) :].lstrip(" \t:\uff1a")
    return plain
