"""The routes of the audio API, with and without a trailing slash: a redirect loses the body."""

from typing import Any

from django.urls import URLPattern, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation

from audio.api.views import (
    discovery,
    documentation,
    speakers,
    speech,
    status,
    transcriptions,
)


def at(route: str, view: Any) -> list[URLPattern]:
    return [path(route, view.as_view()), path(f"{route}/", view.as_view())]


# The only view that negotiates its format: YAML, or JSON with `?format=json`.
SCHEMA = SpectacularAPIView.as_view(content_negotiation_class=DefaultContentNegotiation)

urlpatterns = [
    *at("v1/models", discovery.Models),
    *at("v1/models/<path:model>", discovery.Model),
    *at("v1/audio/models", discovery.SpeechModels),
    *at("v1/audio/voices", discovery.Voices),
    *at("v1/audio/speech", speech.Speech),
    *at("v1/audio/transcriptions", transcriptions.Transcriptions),
    *at("v1/audio/translations", transcriptions.Translations),
    *at("api/audio/diarize-chunk", speakers.DiarizeChunk),
    *at("api/audio/transcribe-with-speakers", speakers.TranscribeWithSpeakers),
    *at("api/audio/label-merge", speakers.LabelMerge),
    *at("api/engines", status.Engines),
    *at("api/engines/<str:name>/probe", status.Probe),
    *at("healthz", status.Alive),
    *at("health", status.Health),
    *at("readyz", status.Ready),
    *at("metrics", status.Metrics),
    path("api/schema", SCHEMA, name="schema"),
    path("api/schema/", SCHEMA),
    path("api/docs", documentation.ApiDocs.as_view(url_name="schema")),
    path("api/docs/", documentation.ApiDocs.as_view(url_name="schema")),
    # Links in the pages are relative: the first page needs its slash.
    path("docs", RedirectView.as_view(url="docs/")),
    path("docs/", documentation.Documentation.as_view(), name="documentation"),
    path("docs/<path:page>", documentation.Documentation.as_view()),
]
