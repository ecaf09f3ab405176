"""The speech service."""

from django.apps import AppConfig
from prometheus_client import REGISTRY


class AudioConfig(AppConfig):
    """Needs no database."""

    name = "audio"

    def ready(self) -> None:
        from audio import checks  # noqa: F401 — they register themselves
        from audio.engines.probing import suspected
        from audio.recovery import checks as recovery_checks  # noqa: F401
        from audio.recovery.reporting import EngineMetrics
        from audio.recovery.watch import when_suspected
        from audio.reference import schema  # noqa: F401

        suspected.connect(when_suspected)
        REGISTRY.register(EngineMetrics())
