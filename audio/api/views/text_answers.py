"""Responses with a transcript in the format that a client asked for."""

from django.http import HttpResponse
from rest_framework.response import Response

from audio.formats.openai_json import OpenAITranscript
from audio.formats.renderer import NativeTranscript, content_type_of, render
from audio.formats.warning_lines import warnings_line

HEADER = "x-warnings"


def transcript_answer(transcript: NativeTranscript | OpenAITranscript, form: str) -> HttpResponse:
    """Return the transcript in one format; text formats carry its warnings in a header."""
    content = render(transcript, form)
    if not isinstance(content, str):
        return Response(content)
    warnings = transcript.warnings
    headers = {HEADER: warnings_line(warnings)} if warnings else {}
    return HttpResponse(content, content_type=content_type_of(form), headers=headers)
