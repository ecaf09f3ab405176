"""The voice library: people, voiceprints and transcripts, in Postgres."""

from django.apps import AppConfig


class VoiceprintsConfig(AppConfig):
    """On when DATABASE_URL is set."""

    name = "voiceprints"
    verbose_name = "Voice library"
