"""The speech service."""

from django.apps import AppConfig


class AudioConfig(AppConfig):
    """Needs no database."""

    name = "audio"

    def ready(self) -> None:
        from audio import checks  # noqa: F401 — they register themselves
        from audio.reference import schema  # noqa: F401
