"""The OpenAI endpoint for translations into English."""

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.headers import with_ignored
from audio.api.rendering import transcript_response
from audio.api.schema import translation_pages
from audio.api.serializers.translations import TranslationRequest
from audio.engines.languages import language_name
from audio.formats.openai_json import OpenAITranscript
from audio.merge.defaults import DEFAULT_LANGUAGE
from audio.pipeline.transcription import check_translates, translate


class Translations(APIView):
    """POST /v1/audio/translations: a recording in English."""

    @translation_pages.TRANSLATION
    def post(self, request: Request) -> HttpResponseBase:
        # Before the upload is read, which would be in vain.
        check_translates()
        serializer = TranslationRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given, options = serializer.validated_data, serializer.engine_options()
        analysis = translate(given["file"], options, needs_times=serializer.needs_times)
        transcript = OpenAITranscript(
            transcription=analysis.transcription,
            warnings=analysis.warnings,
            language=language_name(DEFAULT_LANGUAGE),
            is_translation=True,
        )
        response = transcript_response(transcript, given["response_format"])
        return with_ignored(response, serializer.ignored())
