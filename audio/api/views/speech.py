"""Text in, audio out."""

from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from audio.api.headers import ignored_params
from audio.api.schema import speech_pages
from audio.api.serializers.speech import SpeechRequest
from audio.api.sse import CONTENT_TYPE, STREAM_HEADERS, SpeechEvents
from audio.api.uploads.body_parsers import LimitedJson
from audio.pipeline.speech import speak


class Speech(APIView):
    """POST /v1/audio/speech: text in, audio out, streamed from the first byte."""

    parser_classes = [LimitedJson]

    @speech_pages.SPEECH
    def post(self, request: Request) -> StreamingHttpResponse:
        asked = SpeechRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        utterance = asked.utterance()
        headers = {**STREAM_HEADERS, **ignored_params(asked.ignored())}
        speech = speak(utterance)
        if asked.validated_data["stream_format"] == "sse":
            events = SpeechEvents(utterance.text, speech.audio)
            return StreamingHttpResponse(events, content_type=CONTENT_TYPE, headers=headers)
        return StreamingHttpResponse(
            speech.audio, content_type=speech.content_type, headers=headers
        )
