"""The speech service."""

from django.apps import AppConfig


class AudioConfig(AppConfig):
    """Needs no database."""

    name = "audio"

    def ready(self) -> None:
        from audio import checks, schema  # noqa: F401 — they register themselves
