"""One line per endpoint."""

from django.urls import path

from cpu_engine.http import views

urlpatterns = [
    path("health", views.health),
    path("v1/models", views.list_models),
    path("v1/audio/voices", views.voices),
    path("v1/audio/speech", views.speech),
    path("v1/audio/transcriptions", views.transcriptions),
    path("v1/audio/translations", views.translations),
    path("v1/audio/diarize", views.diarize),
    path("v1/audio/diarize-chunk", views.diarize_chunk),
]

handler400 = "cpu_engine.http.errors.bad_request"
handler404 = "cpu_engine.http.errors.not_found"
handler500 = "cpu_engine.http.errors.failed"
