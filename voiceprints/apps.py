"""The voice library's apps: people, voiceprints and transcripts in Postgres, and their admin."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class VoiceprintsConfig(AppConfig):
    """On when DATABASE_URL is set."""

    name = "voiceprints"
    verbose_name = "Voice library"
    default = True

    def ready(self) -> None:
        from prometheus_client import REGISTRY

        from voiceprints.api import library_checks  # noqa: F401 — they register themselves
        from voiceprints.jobs.job_counts import JobGauges

        REGISTRY.register(JobGauges())


class LibraryAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the library's site and pages."""

    default = False
    default_site = "voiceprints.admin.site.LibrarySite"

    def ready(self) -> None:
        super().ready()
        # Importing a module registers its pages.
        from voiceprints.admin import (  # noqa: F401
            audit,
            jobs,
            spaces,
            vocabularies,
            voiceprint_map,
        )
        from voiceprints.admin.person import people  # noqa: F401
        from voiceprints.admin.transcript import transcripts  # noqa: F401
