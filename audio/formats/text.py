"""Cues as plain text, subtitles and RTTM."""

from collections.abc import Callable, Iterable, Mapping

from audio.formats.cues import Cue


def txt(shown: list[Cue]) -> str:
    """Readable lines: `[0:01:15] Ana: Good morning.`."""
    return "".join(f"[{_clock(cue.start)}] {_line(cue)}\n" for cue in shown)


def srt(shown: list[Cue]) -> str:
    """SubRip."""
    return "".join(
        f"{number}\n{_span(cue, ',')}\n{_line(cue)}\n\n"
        for number, cue in enumerate(shown, start=1)
    )


def vtt(shown: list[Cue]) -> str:
    """WebVTT, with voice tags where speakers are known."""
    return "WEBVTT\n\n" + "".join(f"{_span(cue, '.')}\n{_voiced(cue)}\n\n" for cue in shown)


def rttm(shown: list[Cue]) -> str:
    """Rich Transcription Time Marked; its fields are parted by spaces, so names have none."""
    return "".join(
        f"SPEAKER recording 1 {cue.start:.3f} {cue.end - cue.start:.3f} "
        f"<NA> <NA> {'_'.join(cue.speaker.split())} <NA> <NA>\n"
        for cue in shown
    )


TEXT_FORMATS: Mapping[str, tuple[Callable[[list[Cue]], str], str]] = {
    "txt": (txt, "text/plain; charset=utf-8"),
    "srt": (srt, "text/plain; charset=utf-8"),
    "vtt": (vtt, "text/vtt; charset=utf-8"),
    "rttm": (rttm, "text/plain; charset=utf-8"),
}


def _line(cue: Cue) -> str:
    return ": ".join(part for part in (_one_line(cue.speaker), _one_line(cue.text)) if part)


def _voiced(cue: Cue) -> str:
    text = _one_line(cue.text).replace("&", "&amp;").replace("<", "&lt;")
    name = _one_line(cue.speaker).replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return f"<v {name}>{text}" if name else text


def _one_line(text: str) -> str:
    """An arrow or a line break inside a cue would end it."""
    return " ".join(text.split()).replace("-->", "→")


def _span(cue: Cue, decimal_mark: str) -> str:
    """Players take a cue without length for a mistake."""
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
