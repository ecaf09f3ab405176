"""System checks: settings that contradict each other or are missing, each with a hint."""

import math
import os
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from audio.api.authentication import client_names, parse_key
from audio.api.catalogue import SPEECH_FORMATS
from audio.api.model_names import alias_problems
from audio.engines.role_checks import is_server_url
from audio.engines.role_settings import engine_urls
from audio.engines.speech_voices import parse_mix
from audio.library import library
from audio.media import temporary_files
from audio.merge.defaults import RULE_NAMES
from audio.vocabulary import EVERY_KEY, InvalidVocabulary, terms_of_file

# Any scheme: pages of browser extensions and desktop applications have their own.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:]+\])(:\d{1,5})?")

# Threads that no engine can hold, for health checks, refusals and discovery.
RESERVED_THREADS = 16


@register
def check_secret_key(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require a fixed SECRET_KEY: sessions must survive a restart and work in every process."""
    if settings.LIBRARY and settings.SECRET_KEY_IS_RANDOM and not settings.DEBUG:
        hint = "Set SECRET_KEY to 50 random characters, the same in every process."
        return [Error("DATABASE_URL is set, but SECRET_KEY is not.", hint=hint, id="spark.E001")]
    return []


@register
def check_api_keys(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require name:key:scope+scope in each entry of API_KEYS."""
    return [
        Error(
            f"API_KEYS: {problem}.",
            hint="For example: name:key:audio+voices:read",
            id="spark.E002",
        )
        for problem in _key_problems(settings.API_KEYS)
    ]


@register
def check_vocabulary(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require a vocabulary that can be read, for keys that exist."""
    hint = "A term a line, up to 500 of 200 characters; [name] begins the terms of an API key."
    try:
        keys = terms_of_file().keys() - {EVERY_KEY}
    except InvalidVocabulary as error:
        return [Error(f"VOCABULARY_FILE: {error}.", hint=hint, id="spark.E018")]
    if _key_problems(settings.API_KEYS):
        return []
    return [
        Warning(f"VOCABULARY_FILE: no API key is named {key!r}.", hint=hint, id="spark.W005")
        for key in sorted(keys - client_names())
    ]


@register
def check_threads(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require threads for other requests while every slot of every engine is held."""
    least = len(engine_urls()) * settings.ENGINE_CONNECTIONS + RESERVED_THREADS
    if least <= settings.WEB_THREADS:
        return []
    hint = f"Set WEB_THREADS >= {least}, or lower ENGINE_CONNECTIONS."
    message = (
        f"WEB_THREADS ({settings.WEB_THREADS}) must be at least {RESERVED_THREADS} more than "
        f"ENGINE_CONNECTIONS ({settings.ENGINE_CONNECTIONS}) of all engines together."
    )
    return [Error(message, hint=hint, id="spark.E003")]


@register
def check_limits(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require limits that let requests through, and waits that end."""
    least = {
        **{"ENGINE_CONNECTIONS": 1, "ENGINE_WAIT_S": 0, "CLIENT_TIMEOUT_S": 1},
        **{"HEAD_TIMEOUT_S": 0.001, "MAX_UPLOAD_MB": 1, "UPLOADS_QUOTA_MB": 0},
        **{"KEY_AUDIO_S_PER_HOUR": 0, "REALTIME_SESSIONS": 1, "REALTIME_SESSION_S": 1},
        **{"REALTIME_IDLE_S": 0.1, "REALTIME_BUFFER_S": 1},
    }
    return [
        Error(f"{name} is too small.", hint=f"Set {name} >= {lowest}.", id="spark.E012")
        for name, lowest in least.items()
        if getattr(settings, name) < lowest
    ]


@register
def check_key_share(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require shares that leave each key a part of what all keys share."""
    hint = "Set more than 0 and at most 1; with 1, a single key may hold all of it."
    return [
        Error(f"{name} is not a share.", hint=hint, id="spark.E010")
        for name in ("ENGINE_KEY_SHARE", "UPLOADS_KEY_SHARE")
        if not 0 < getattr(settings, name) <= 1
    ]


@register
def check_timeouts(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require timeouts that are positive and finite."""
    times = ("ENGINE_TIMEOUT_S", "ENGINE_BASE_TIMEOUT_S")
    wrong = [name for name in times if not 0 < getattr(settings, name) < math.inf]
    if not 0 <= settings.ENGINE_TIMEOUT_PER_AUDIO_S < math.inf:
        wrong.append("ENGINE_TIMEOUT_PER_AUDIO_S")
    return [
        Error(f"{name} is not a time.", hint="Set seconds, as 60 or 1.5.", id="spark.E011")
        for name in wrong
    ]


@register
def check_engine_urls(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require valid base URLs; warn if no engine is configured."""
    urls = {name: getattr(settings, name) for name in ("PARAKEET_URL", "KOKORO_URL")}
    wrong = [name for name, url in urls.items() if url and not is_server_url(url)]
    errors: list[CheckMessage] = [
        Error(f"{name} is not a URL.", hint="For example: http://host:port", id="spark.E004")
        for name in wrong
    ]
    if not engine_urls():
        hint = "Set PARAKEET_URL or KOKORO_URL, or start with `python -m spark_control.laptop`."
        errors.append(Warning("No engine is configured.", hint=hint, id="spark.W001"))
    return errors


@register
def check_default_format(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require that DEFAULT_SPEECH_FORMAT is a speech format."""
    if settings.DEFAULT_SPEECH_FORMAT in SPEECH_FORMATS:
        return []
    hint = f"Set one of {', '.join(SPEECH_FORMATS)}."
    return [Error("DEFAULT_SPEECH_FORMAT is not a speech format.", hint=hint, id="spark.E006")]


@register
def check_chunks(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require chunks of a minute or more: cuts move by 15 s, and short chunks lower accuracy."""
    if 60 <= settings.CHUNK_S <= settings.CHUNK_AFTER_S:
        return []
    hint = "Set 60 <= CHUNK_S <= CHUNK_AFTER_S, in seconds."
    return [Error("CHUNK_S and CHUNK_AFTER_S contradict each other.", hint=hint, id="spark.E009")]


@register
def check_decoders(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require enough for one decoder: its libraries alone map a quarter of a gibibyte."""
    least = {"DECODERS": 1, "DECODER_MEMORY_MB": 512, "DECODER_CPU_S": 1, "MAX_AUDIO_S": 1}
    return [
        Error(f"{name} is too small.", hint=f"Set {name} >= {lowest}.", id="spark.E030")
        for name, lowest in least.items()
        if getattr(settings, name) < lowest
    ]


@register
def check_uploads(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require that the largest upload fits, and that its folder is writable."""
    errors: list[CheckMessage] = []
    share = settings.UPLOADS_KEY_SHARE if settings.API_KEYS else 1
    if 0 < settings.UPLOADS_QUOTA_MB * share < settings.MAX_UPLOAD_MB:
        hint = "Set several times MAX_UPLOAD_MB, or 0 for no quota."
        message = "UPLOADS_QUOTA_MB, or a key's share of it, is smaller than MAX_UPLOAD_MB."
        errors.append(Error(message, hint=hint, id="spark.E031"))
    try:
        temporary_files.clean()
        if not os.access(temporary_files.whole_folder(), os.W_OK | os.X_OK):
            raise PermissionError("it cannot be written to")
    except OSError as error:
        hint = "Set UPLOADS_DIR to a folder that this account can write to."
        message = f"The folder for uploads cannot be used: {error}."
        errors.append(Error(message, hint=hint, id="spark.E032"))
    return errors


@register
def check_default_voice(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require that DEFAULT_VOICE names a voice or a mix; only the engine knows its voices."""
    try:
        parse_mix(settings.DEFAULT_VOICE)
    except ValueError as error:
        hint = "For example: bm_george."
        return [Error(f"DEFAULT_VOICE: {error}", hint=hint, id="spark.E008")]
    return []


@register
def check_model_aliases(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require name=model in each entry of MODEL_ALIASES."""
    hint = "For example: narrator=bm_george,asr-large=whisper-1"
    return [
        Error(f"MODEL_ALIASES: {problem}.", hint=hint, id="spark.E035")
        for problem in alias_problems(settings.MODEL_ALIASES)
    ]


@register
def check_cors_origins(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require origins exactly as browsers send them: any other text would never match."""
    hint = "Set https://host or http://host:port, in lower case, without path or trailing slash."
    return [
        Error(f"CORS_ALLOWED_ORIGINS: {origin!r} is not an origin.", hint=hint, id="spark.E007")
        for origin in settings.CORS_ALLOWED_ORIGINS
        if not _ORIGIN.fullmatch(origin)
    ]


@register
def check_library(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require that SPEAKER_LIBRARY names a class that can be instantiated."""
    try:
        library()
    except (ImportError, ImproperlyConfigured, TypeError) as error:
        return [Error(f"SPEAKER_LIBRARY cannot be used: {error}.", id="spark.E005")]
    return []


@register
def check_default_rule(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Require a rule of label-merge."""
    if settings.DEFAULT_RULE in RULE_NAMES:
        return []
    hint = f"Set DEFAULT_RULE to one of {', '.join(RULE_NAMES)}."
    return [Error("DEFAULT_RULE is not a rule of label-merge.", hint=hint, id="spark.E034")]


def _key_problems(entries: Sequence[str]) -> list[str]:
    problems, owners = [], dict[str, str]()
    for number, entry in enumerate(entries, start=1):
        try:
            digest, client = parse_key(entry)
        except ValueError as error:
            problems.append(f"entry {number}: {error}")
            continue
        if digest in owners:
            problems.append(
                f"entry {number}: {client.name!r} and {owners[digest]!r} have the same key"
            )
        owners[digest] = client.name
    return problems
