"""System checks of the recovery settings, run at the start."""

import shlex
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from audio.engines import engine_status
from audio.engines.recovery.restarts import CONTAINERS, WAYS, container_of


@register
def check_restart_settings(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require that RESTART_WITH is valid, and that the settings it needs are set."""
    ways = ", ".join(filter(None, WAYS))
    match settings.RESTART_WITH:
        case "docker":
            return _container_errors()
        case "command":
            return _command_errors()
        case "":
            return []
    message = f"RESTART_WITH: expected {ways} or nothing, got {settings.RESTART_WITH!r}."
    return [Error(message, hint=f"Set it to one of {ways}, or leave it empty.", id="spark.E014")]


@register
def check_recovery_times(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require times above 0: a wait of 0 s would repeat probes without a pause."""
    times = ("WATCH_INTERVAL_S", "PROBE_TIMEOUT_S", "RECOVERY_TIMEOUT_S")
    wrong = [name for name in times if not getattr(settings, name) > 0]
    hint = "Set it to more than 0."
    return [Error(f"{name} is too small.", hint=hint, id="spark.E017") for name in wrong]


@register
def check_recovery_folder(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warn when the status board has no folder: engines are then neither probed nor restarted."""
    if engine_status.is_usable():
        return []
    hint = "Set RECOVERY_DIR to a folder that only this account may write to."
    return [
        Warning(
            "RECOVERY_DIR cannot be used; engines are not recovered.", hint=hint, id="spark.W002"
        )
    ]


def _container_errors() -> list[CheckMessage]:
    hint = "Name the container of each engine that has a URL."
    errors: list[CheckMessage] = [
        Error(
            f"RESTART_WITH=docker without {engine.upper()}_CONTAINER.", hint=hint, id="spark.E015"
        )
        for engine in CONTAINERS
        if engine_status.url_of(engine) and not container_of(engine)
    ]
    if not settings.DOCKER_URL.startswith(("unix:///", "tcp://")):
        hint = "Set it to unix:///var/run/docker.sock or tcp://host:port."
        errors.append(Error("DOCKER_URL is not an address.", hint=hint, id="spark.E015"))
    return errors


def _command_errors() -> list[CheckMessage]:
    hint = "For example: /usr/local/bin/restart-engine --now"
    try:
        words = shlex.split(settings.RESTART_COMMAND)
    except ValueError as error:
        return [Error(f"RESTART_COMMAND: {error}.", hint=hint, id="spark.E016")]
    if not words:
        message = "RESTART_WITH=command without RESTART_COMMAND."
        return [Error(message, hint=hint, id="spark.E016")]
    return []
