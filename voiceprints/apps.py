"""The voice library: people, voiceprints and transcripts, in Postgres."""

from django.apps import AppConfig


class VoiceprintsConfig(AppConfig):
    """On when DATABASE_URL is set."""

    name = "voiceprints"
    verbose_name = "Voice library"

    def ready(self) -> None:
        from prometheus_client import REGISTRY

        from voiceprints.api import library_checks  # noqa: F401 — they register themselves
        from voiceprints.jobs.job_metrics import JobGauges

        REGISTRY.register(JobGauges())
