"""The endpoints for the audio that is kept beside transcripts."""

from functools import partial

from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from voiceprints.api.admin_session import SESSION_OR_KEY
from voiceprints.api.byte_ranges import ranged_response, tag_of
from voiceprints.api.schema.operations import RANGE, TRANSCRIPT, document
from voiceprints.api.serializers.kept_audio import (
    AudioQuery,
    ClipQuery,
    WaveformAnswer,
    WaveformQuery,
    render_waveform,
)
from voiceprints.api.views.corrections import find_transcript
from voiceprints.api.views.library_view import LibraryView, actor_of
from voiceprints.models import KeptAudio, audit
from voiceprints.models.audit import Action
from voiceprints.recordings.audio_reading import find_audio, read_bytes, read_clip, size_of

TAG = "Kept audio"
OPUS, WAV = "audio/ogg", "audio/wav"


class KeptAudioView(LibraryView):
    """Finds the track that a request asks for, and audits the request."""

    authentication_classes = SESSION_OR_KEY

    def found(self, request: Request, transcript: str, query: AudioQuery) -> KeptAudio:
        """Return the track, after its reading is recorded in the audit."""
        audio = find_audio(find_transcript(transcript).pk, query.track_asked)
        part = {key: query.validated_data.get(key) for key in ("start", "end")}
        audit.record(
            actor_of(request),
            Action.AUDIO_READ,
            transcript=audio.transcript_id,
            track=audio.track,
            **part,
        )
        return audio


class Audio(KeptAudioView):
    """GET /api/transcripts/{id}/audio."""

    @document(
        "get_audio",
        "Listen to the recording of a transcript, or a range of its bytes",
        TRANSCRIPT,
        AudioQuery,
        RANGE,
        answers={(200, OPUS): OpenApiTypes.BINARY, (206, OPUS): OpenApiTypes.BINARY},
        refusals=(404, 416),
        tag=TAG,
    )
    def get(self, request: Request, transcript: str) -> HttpResponse | StreamingHttpResponse:
        audio = self.found(request, transcript, AudioQuery.from_query(request))
        return ranged_response(
            request,
            partial(read_bytes, audio),
            size=size_of(audio),
            content_type=OPUS,
            tag=tag_of(audio.file.name),
        )


class Clip(KeptAudioView):
    """GET /api/transcripts/{id}/clip."""

    @document(
        "get_clip",
        "Listen to a part of a transcript's recording, as WAV",
        TRANSCRIPT,
        ClipQuery,
        answers={(200, WAV): OpenApiTypes.BINARY},
        refusals=(404,),
        tag=TAG,
    )
    def get(self, request: Request, transcript: str) -> HttpResponse:
        query = ClipQuery.from_query(request)
        audio = self.found(request, transcript, query)
        return HttpResponse(read_clip(audio, query.span_in(audio)), content_type=WAV)


class Waveform(KeptAudioView):
    """GET /api/transcripts/{id}/waveform."""

    @document(
        "get_waveform",
        "Get the waveform of a transcript's recording, computed when it was stored",
        TRANSCRIPT,
        WaveformQuery,
        answers={200: WaveformAnswer},
        refusals=(404,),
        tag=TAG,
    )
    def get(self, request: Request, transcript: str) -> Response:
        query = WaveformQuery.from_query(request)
        audio = self.found(request, transcript, query)
        return Response(render_waveform(audio, query.validated_data["points"]))
