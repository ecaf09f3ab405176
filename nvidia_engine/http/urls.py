"""One line per endpoint."""

from django.urls import path

from nvidia_engine.http import views

urlpatterns = [
    path("health", views.health),
    path("metrics", views.metrics),
    path("v1/models", views.list_models),
    path("v1/audio/transcriptions", views.transcriptions),
    path("v1/audio/diarize", views.diarize),
    path("v1/audio/diarize-chunk", views.diarize_chunk),
]

handler400 = "nvidia_engine.http.errors.bad_request"
handler404 = "nvidia_engine.http.errors.not_found"
handler500 = "nvidia_engine.http.errors.failed"
