"""Response bodies: JSON for every endpoint, and transcripts in the format that was asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from audio.formats.openai_json import OpenAITranscript
from audio.formats.renderer import NativeTranscript, content_type_of, render
from audio.formats.warning_lines import warnings_line

WARNINGS_HEADER = "x-warnings"


class Json(BaseRenderer):
    """Renders the same JSON as Django REST framework's own renderer, in a tenth of its time."""

    media_type = "application/json"
    format = "json"
    charset = None
    _encode_other = staticmethod(JSONEncoder().default)

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return orjson.dumps(data, default=self._encode_other, option=orjson.OPT_NON_STR_KEYS)


class IgnoreAccept(DefaultContentNegotiation):
    """Ignores the Accept header, which both OpenAI SDKs send wrong.

    They accept only octet streams of speech, and only JSON when they ask for subtitles.
    """

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


def transcript_response(
    transcript: NativeTranscript | OpenAITranscript, form: str, texts: Iterable[str] = ()
) -> HttpResponse:
    """Return the transcript in one format; text formats carry its warnings in a header.

    JSON has the `texts`, which are names of text formats, in its field `formats`.
    """
    content = render(transcript, form)
    if not isinstance(content, str):
        formats = {name: render(transcript, name) for name in texts}
        return Response({**content, "formats": formats} if formats else content)
    warnings = transcript.warnings
    headers = {WARNINGS_HEADER: warnings_line(warnings)} if warnings else {}
    return HttpResponse(content, content_type=content_type_of(form), headers=headers)
