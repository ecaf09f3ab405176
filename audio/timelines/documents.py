"""The content of a timeline, decoded: its text, what kind of text it is, and the parsed value."""

import codecs
import json
import re
from dataclasses import dataclass
from typing import Literal

from audio.timelines.cue_blocks import Cue, read_cues
from audio.timelines.export import MAX_BYTES, MAX_ENTRIES, Unreadable, at_most

Kind = Literal["xml", "webvtt", "srt", "rttm", "json", "unknown"]
MAX_DEPTH = 64
# Bounds the memory and the time of parsers before they begin. The richest export has about
# twenty values an entry.
MAX_VALUES = 20 * MAX_ENTRIES

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SRT = re.compile(r"[0-9]+[ \t]*\n-?[0-9:]+[.,][0-9]+[ \t]*-->")
_RTTM = re.compile(
    r"(?:(?:;;[^\n]*|[ \t]*)\n)*(?:SPEAKER|SPKR-INFO|NON-LEX|LEXEME|NON-SPEECH|SEGMENT|NOSCORE"
    r"|NO_RT_METADATA|FILLER|EDIT|IP|SU|CB|A/P)[ \t]"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A timeline's text with LF line ends, its kind, and the parsed value or cues.

    `wants_absolute` is set where the start of the recording is known, so that absolute times
    are of more use than relative ones.
    """

    kind: Kind
    text: str = ""
    value: object = None
    cues: tuple[Cue, ...] = ()
    wants_absolute: bool = False


def read_document(content: object, *, wants_absolute: bool = False) -> Document:
    """Decode the content of a timeline: bytes, text, or a value of JSON that is parsed already.

    Raises
    ------
    Unreadable
        If it is over a limit, or is not text.
    """
    if not isinstance(content, str | bytes):
        _check_depth(content)
        return Document("json", value=content, wants_absolute=wants_absolute)
    text = _decode(content)
    kind = _kind_of(text)
    value: object = None
    cues: tuple[Cue, ...] = ()
    if kind == "json":
        value = _parse_json(text)
    elif kind in ("webvtt", "srt"):
        if text.count("-->") > MAX_ENTRIES:
            raise at_most(f"{MAX_ENTRIES:,} cues")
        cues = read_cues(text)
    elif kind == "xml" and text.count("<") > MAX_VALUES:
        raise at_most(f"{MAX_ENTRIES:,} entries")
    return Document(kind, text, value, cues, wants_absolute)


def normalise(content: bytes) -> str:
    """Return the text of a timeline, the same for the same content in another encoding.

    Raises
    ------
    Unreadable
    """
    document = read_document(content)
    return document.text if document.value is None else json.dumps(document.value)


def _decode(content: str | bytes) -> str:
    if len(content) > MAX_BYTES:
        raise at_most("32 MiB")
    text = content if isinstance(content, str) else _decode_bytes(content)
    if text.startswith("PK\x03\x04"):
        # A zip, such as a docx: no format, rather than a text with a NUL character in it.
        return ""
    if "\0" in text:
        raise at_most("32 MiB of text, and no NUL character in it")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode_bytes(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04"):
        return content[:4].decode()
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise at_most("32 MiB of UTF-8, or of UTF-16 with a byte order mark") from None


def _kind_of(text: str) -> Kind:
    beginning = text.lstrip()[:400]
    if beginning.startswith("<"):
        return "xml"
    if beginning.startswith("WEBVTT"):
        return "webvtt"
    if beginning.startswith(("[", "{")):
        return "json"
    if _RTTM.match(text):
        return "rttm"
    return "srt" if _SRT.match(beginning) else "unknown"


def _parse_json(text: str) -> object:
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise at_most(f"{MAX_ENTRIES:,} entries")
    try:
        value = json.loads(text)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        return None
    _check_depth(value)
    return value


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, list | dict)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> Unreadable:
    return at_most(f"{MAX_DEPTH} levels of nested JSON")
