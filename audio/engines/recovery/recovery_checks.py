"""Settings of recovery that contradict each other, or miss something: found at the start."""

import shlex
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from audio.engines import engine_status
from audio.engines.recovery.probes import ENGINES
from audio.engines.recovery.restarts import WAYS, container_of


@register
def restarts_can_be_done(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """RESTART_WITH is a way to restart, and has what it needs."""
    ways = ", ".join(filter(None, WAYS))
    match settings.RESTART_WITH:
        case "docker":
            return _containers_are_named()
        case "command":
            return _the_command_is_readable()
        case "":
            return []
    said = f"RESTART_WITH: {settings.RESTART_WITH!r} is no way to restart an engine."
    return [Error(said, hint=f"One of {ways}, or nothing.", id="spark.E014")]


@register
def recovery_waits_make_sense(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A wait of nothing would be a storm, and a limit of nothing would never be kept."""
    positive = (
        *("WATCH_INTERVAL_S", "PROBE_TIMEOUT_S", "PROBE_SLOW_S", "RESTART_TIMEOUT_S"),
        *("RESTART_MIN_INTERVAL_S", "RESTART_MAX_PER_HOUR", "RECOVERY_PROBE_S"),
        *("RECOVERY_EXPECTED_S", "RECOVERY_TIMEOUT_S"),
    )
    wrong = [name for name in positive if not getattr(settings, name) > 0]
    wrong += [
        name
        for name in ("PROBE_COOLDOWN_S", "RESTART_JITTER_S")
        if not getattr(settings, name) >= 0
    ]
    hint = "More than 0; PROBE_COOLDOWN_S and RESTART_JITTER_S may be 0."
    return [Error(f"{name} is too small.", hint=hint, id="spark.E017") for name in wrong]


@register
def the_board_can_be_kept(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Without the folder nobody probes after a failure, and nothing is restarted."""
    if engine_status.is_usable():
        return []
    hint = "Set RECOVERY_DIR to a folder of this account's own, which nobody else may write to."
    return [Warning("RECOVERY_DIR cannot be used: no recovery.", hint=hint, id="spark.W002")]


def _containers_are_named() -> list[CheckMessage]:
    hint = "Name the container of each engine that has a URL."
    errors: list[CheckMessage] = [
        Error(
            f"RESTART_WITH=docker without {engine.upper()}_CONTAINER.", hint=hint, id="spark.E015"
        )
        for engine in ENGINES
        if engine_status.url_of(engine) and not container_of(engine)
    ]
    if not settings.DOCKER_URL.startswith(("unix:///", "tcp://")):
        hint = "unix:///var/run/docker.sock or tcp://host:port"
        errors.append(Error("DOCKER_URL is not an address.", hint=hint, id="spark.E015"))
    return errors


def _the_command_is_readable() -> list[CheckMessage]:
    hint = "For example: /usr/local/bin/restart-engine --now"
    try:
        words = shlex.split(settings.RESTART_COMMAND)
    except ValueError as error:
        return [Error(f"RESTART_COMMAND: {error}.", hint=hint, id="spark.E016")]
    if not words:
        said = "RESTART_WITH=command without RESTART_COMMAND."
        return [Error(said, hint=hint, id="spark.E016")]
    return []
