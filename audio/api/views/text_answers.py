"""Answers in text formats: their warnings have no place but a header."""

from collections.abc import Sequence

from django.http import HttpResponse

from audio.formats.cues import Cue
from audio.formats.text import TEXT_FORMATS
from audio.formats.warning_lines import warnings_line
from audio.merge.values import Notice

HEADER = "x-warnings"


def cue_answer(name: str, shown: list[Cue], warnings: Sequence[Notice]) -> HttpResponse:
    """Cues as txt, srt, vtt or rttm."""
    render, content_type = TEXT_FORMATS[name]
    return text_answer(render(shown), content_type, warnings)


def text_answer(content: str, content_type: str, warnings: Sequence[Notice]) -> HttpResponse:
    """Any text."""
    headers = {HEADER: warnings_line(warnings)} if warnings else {}
    return HttpResponse(content, content_type=content_type, headers=headers)
