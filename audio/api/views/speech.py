"""The speech endpoint: text in, audio out."""

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
    """POST /v1/audio/speech: streams the audio from its first byte."""

    parser_classes = [LimitedJson]

    @speech_pages.SPEECH
    def post(self, request: Request) -> StreamingHttpResponse:
        serializer = SpeechRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        utterance = serializer.utterance()
        headers = {**STREAM_HEADERS, **ignored_params(serializer.ignored())}
        speech = speak(utterance, rate=serializer.rate)
        if serializer.validated_data["stream_format"] == "sse":
            events = SpeechEvents(utterance.text, speech.audio)
            return StreamingHttpResponse(events, content_type=CONTENT_TYPE, headers=headers)
        return StreamingHttpResponse(
            speech.audio, content_type=speech.content_type, headers=headers
        )
