"""The routes of the audio API, with and without a trailing slash: a redirect loses the body."""

from typing import Any

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from audio.api.views import (
    asr_webservice,
    discovery,
    documentation,
    foreign_routes,
    front_page,
    realtime,
    speakers,
    speech,
    status,
    transcriptions,
    translations,
)


def endpoint(route: str, view: Any) -> list[URLPattern]:
    """Return the paths of a view, without and with a trailing slash."""
    return [path(route, view.as_view()), path(f"{route}/", view.as_view())]


urlpatterns = [
    path("", front_page.FrontPage.as_view(), name="front_page"),
    *endpoint("v1/models", discovery.Models),
    *endpoint("v1/models/<path:model>", discovery.Model),
    *endpoint("v1/audio/models", discovery.SpeechModels),
    *endpoint("v1/audio/voices", discovery.Voices),
    *endpoint("v1/audio/speech", speech.Speech),
    *endpoint("v1/audio/speech/embedding", foreign_routes.SpeechEmbedding),
    *endpoint("v1/audio/speech/timestamps", foreign_routes.SpeechTimestamps),
    *endpoint("v1/audio/diarization", foreign_routes.Diarization),
    *endpoint("asr", asr_webservice.ASR),
    *endpoint("v1/audio/transcriptions", transcriptions.Transcriptions),
    *endpoint("v1/audio/translations", translations.Translations),
    *endpoint("v1/realtime", realtime.Realtime),
    *endpoint("api/audio/diarize-chunk", speakers.DiarizeChunk),
    *endpoint("api/audio/transcribe-with-speakers", speakers.TranscribeWithSpeakers),
    *endpoint("api/audio/label-merge", speakers.LabelMerge),
    *endpoint("api/engines", status.Engines),
    *endpoint("api/engines/<str:name>/probe", status.Probe),
    *endpoint("healthz", status.Alive),
    *endpoint("health", status.Health),
    *endpoint("readyz", status.Ready),
    *endpoint("metrics", status.Metrics),
    path("api/schema", documentation.ApiSchema.as_view(), name="schema"),
    path("api/schema/", documentation.ApiSchema.as_view()),
    path("api/docs", documentation.ApiDocs.as_view(url_name="schema"), name="api_docs"),
    path("api/docs/", documentation.ApiDocs.as_view(url_name="schema")),
    # Links in the pages are relative: the first page needs its slash.
    path("docs", RedirectView.as_view(url="docs/")),
    path("docs/", documentation.Documentation.as_view(), name="documentation"),
    path("docs/<path:page>", documentation.Documentation.as_view()),
]
