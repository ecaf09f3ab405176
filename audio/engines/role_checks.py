"""System checks of the roles' settings: what contradicts, and what is missing."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from audio.engines.dialects.registry import DIALECTS
from audio.engines.role_settings import (
    PROBES,
    ROLES,
    Role,
    RoleSettings,
    configured_roles,
    setting,
    short_form_url,
)

# A shorter limit would cut words in two more often than not.
SHORTEST_LIMIT_S = 10.0
SMALLEST_LIMIT_BYTES = 512 * 1024
_BESIDE_THE_URL = ("DIALECT", "MODEL", "KEY", "PROBE", "PATH", "MAX_BYTES", "MAX_S")
_LOST: Mapping[Role, str] = {
    "words": "transcriptions are refused with 503",
    "turns": "diarization and names are refused with 503",
    "voices": "no speaker is named by voice, and enrolment is refused with 503",
    "speech": "speech is refused with 503",
}


@register
def check_roles(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require that each role's dialect is known and can have the role, with all that it needs."""
    found = configured_roles()
    return [
        problem
        for role, known in found.items()
        if not known.is_short_form
        for problem in (*_addresses(known), *_dialect(known), *_limits(role, known))
    ]


@register
def check_settings_without_url(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Refuse settings of a role that has no address of its own: they would have no effect."""
    return [
        Error(
            f"{role.upper()}_{name} is set, but {role.upper()}_URL is not.",
            hint=f"Set {role.upper()}_URL too, or remove {role.upper()}_{name}.",
            id="spark.E044",
        )
        for role in ROLES
        if not setting(role, "URL")
        for name in _BESIDE_THE_URL
        if getattr(settings, f"{role.upper()}_{name}", None)
    ]


@register
def check_missing_roles(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warn of roles without an engine, and of an engine that has no role left."""
    found = configured_roles()
    own = {role for role, known in found.items() if not known.is_short_form}
    if not own:
        return []
    warnings: list[CheckMessage] = [
        Warning(
            f"No engine has the role {role}: {_LOST[role]}.",
            hint=f"Set {role.upper()}_URL, or PARAKEET_URL.",
            id="spark.W003",
        )
        for role in ("words", "turns", "voices")
        if role not in found and own - {"speech"}
    ]
    if short_form_url("parakeet") and {"words", "turns", "voices"} <= own:
        hint = "Remove PARAKEET_URL, or one of WORDS_URL, TURNS_URL and VOICES_URL."
        message = "PARAKEET_URL is not used: every role of it has an address of its own."
        warnings.append(Warning(message, hint=hint, id="spark.W004"))
    if short_form_url("kokoro") and "speech" in own:
        hint = "Remove KOKORO_URL or SPEECH_URL."
        warnings.append(Warning("KOKORO_URL is not used.", hint=hint, id="spark.W004"))
    return warnings


def _addresses(known: RoleSettings) -> Iterator[CheckMessage]:
    name = f"{known.source}_URL"
    hint = "For example: http://host:port, or several of them with commas between them."
    for number, address in enumerate(known.addresses, start=1):
        which = f"{name}, address {number}" if len(known.addresses) > 1 else name
        if not is_server_url(address.url):
            yield Error(f"{which} is not a URL.", hint=hint, id="spark.E004")
        elif urlsplit(address.url).query:
            # A path is added to the address.
            yield Error(f"{which} has parameters after a ?.", hint=hint, id="spark.E043")


def _dialect(known: RoleSettings) -> Iterator[CheckMessage]:
    name, dialect = f"{known.source}_DIALECT", DIALECTS.get(known.dialect)
    able = ", ".join(one for one, it in DIALECTS.items() if it.capabilities.can(known.role))
    hint = f"Set {name} to one of {able}."
    if dialect is None:
        yield Error(f"{name}: there is no dialect {known.dialect!r}.", hint=hint, id="spark.E040")
    elif not dialect.capabilities.can(known.role):
        message = f"{name}: engines of dialect {known.dialect} cannot have the role {known.role}."
        yield Error(message, hint=hint, id="spark.E041")
    elif known.role in dialect.capabilities.needs_model and not known.model:
        model = f"{known.source}_MODEL"
        hint = f"Set {model} to a name that the engine lists under GET /v1/models."
        message = f"{model} is not set, and dialect {known.dialect} needs it."
        yield Error(message, hint=hint, id="spark.E042")


def _limits(role: Role, known: RoleSettings) -> Iterator[CheckMessage]:
    least = {"MAX_BYTES": SMALLEST_LIMIT_BYTES, "MAX_S": SHORTEST_LIMIT_S}
    for name, lowest in least.items():
        given = getattr(settings, f"{role.upper()}_{name}", 0)
        if given and not lowest <= given:
            hint = f"Set at least {lowest:g}, or 0 for the dialect's own limit."
            yield Error(f"{role.upper()}_{name} is too small.", hint=hint, id="spark.E046")
    if known.probe not in PROBES:
        hint = f"Set one of {', '.join(PROBES)}, or nothing."
        yield Error(f"{role.upper()}_PROBE is unknown.", hint=hint, id="spark.E045")


def is_server_url(url: str) -> bool:
    """Whether a text is the address of an HTTP server."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
