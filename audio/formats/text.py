"""Cues as text: plain lines, subtitles, RTTM and STM."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from audio.formats.cues import Cue

_PLAIN = "text/plain; charset=utf-8"
# Unicode's category Cc, without the tab.
_CONTROLS = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if code != ord("\t")}


def plain(text: str) -> str:
    """Return a text with its lines and without control characters, which a terminal would obey."""
    return "".join(f"{line.translate(_CONTROLS)}\n" for line in text.splitlines() or [""])


def txt(cues: Iterable[Cue]) -> str:
    """Return readable lines: `[0:01:15] Ana: Good morning.`."""
    return "".join(f"[{_clock(cue.start)}] {_line(cue)}\n" for cue in cues)


def srt(cues: Iterable[Cue]) -> str:
    """Return SubRip."""
    return "".join(
        f"{number}\n{_span(cue, ',')}\n{_line(cue)}\n\n"
        for number, cue in enumerate(cues, start=1)
    )


def vtt(cues: Iterable[Cue]) -> str:
    """Return WebVTT, with voice tags where speakers are known."""
    return "WEBVTT\n\n" + "".join(f"{_span(cue, '.')}\n{_voiced(cue)}\n\n" for cue in cues)


def rttm(cues: Iterable[Cue]) -> str:
    """Return Rich Transcription Time Marked; spaces separate its fields, so names have none."""
    return "".join(
        f"SPEAKER recording 1 {cue.start:.3f} {cue.end - cue.start:.3f} "
        f"<NA> <NA> {'_'.join(_words(cue.speaker))} <NA> <NA>\n"
        for cue in cues
    )


def stm(cues: Iterable[Cue], recording: str) -> str:
    """Return STM, one line per cue; spaces separate its fields, so names have none."""
    return "".join(
        f"{_field(recording)} 1 {_field(cue.speaker)} {cue.start:.3f} {cue.end:.3f} "
        f"{' '.join(_words(cue.text))}".rstrip()
        + "\n"
        for cue in cues
    )


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How cues are written in one format, and its media type."""

    write: Callable[[Sequence[Cue]], str]
    content_type: str = _PLAIN


TEXT_FORMATS: Mapping[str, TextFormat] = {
    "txt": TextFormat(txt),
    "srt": TextFormat(srt),
    "vtt": TextFormat(vtt, "text/vtt; charset=utf-8"),
    "rttm": TextFormat(rttm),
}


def _line(cue: Cue) -> str:
    return ": ".join(part for part in (_one_line(cue.speaker), _one_line(cue.text)) if part)


def _voiced(cue: Cue) -> str:
    text = _one_line(cue.text).replace("&", "&amp;").replace("<", "&lt;")
    name = _one_line(cue.speaker).replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return f"<v {name}>{text}" if name else text


def _one_line(text: str) -> str:
    # An arrow or a line break inside a cue would end it.
    return " ".join(_words(text)).replace("-->", "→")


def _words(text: str) -> list[str]:
    """Return the words of a text; a control character separates words, as a space does."""
    return text.translate(_CONTROLS).split()


def _span(cue: Cue, decimal_mark: str) -> str:
    # Players treat a cue without length as an error.
    end = max(cue.end, cue.start + 0.001)
    return f"{_stamp(cue.start, decimal_mark)} --> {_stamp(end, decimal_mark)}"


def _stamp(seconds: float, decimal_mark: str) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return (
        f"{minutes // 60:02}:{minutes % 60:02}:"
        f"{milliseconds // 1000:02}{decimal_mark}{milliseconds % 1000:03}"
    )


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"


def _field(text: str) -> str:
    # A line that begins with two semicolons is a comment.
    return "_".join(_words(text)).lstrip(";") or "unknown"
