"""The Django app of the speech service."""

from django.apps import AppConfig
from prometheus_client import REGISTRY


class AudioConfig(AppConfig):
    """The speech service, which needs no database."""

    name = "audio"

    def ready(self) -> None:
        from audio.api import system_checks  # noqa: F401 — importing registers them
        from audio.api.schema import openapi_hooks  # noqa: F401
        from audio.engines import role_checks  # noqa: F401
        from audio.engines.availability import suspected
        from audio.engines.recovery import recovery_checks  # noqa: F401
        from audio.engines.recovery.engine_report import EngineMetrics
        from audio.engines.recovery.watch import when_suspected

        suspected.connect(when_suspected)
        REGISTRY.register(EngineMetrics())
