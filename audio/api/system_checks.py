"""Settings that contradict each other, or miss something, are found at the start, with a hint."""

import math
import os
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from audio.api.authentication import parse_key
from audio.api.catalogue import SPEECH_FORMATS
from audio.engines.speech_voices import parse_mix
from audio.library import library
from audio.media import temporary_files

# Not only http: pages of browser extensions and of desktop applications have schemes of their own.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:]+\])(:\d{1,5})?")


@register
def secret_key_lasts(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """The admin's sessions must outlive a restart, and hold in every worker."""
    if settings.LIBRARY and settings.SECRET_KEY_IS_RANDOM and not settings.DEBUG:
        hint = "Set SECRET_KEY to 50 random characters, the same in every process."
        return [Error("DATABASE_URL is set without SECRET_KEY.", hint=hint, id="spark.E001")]
    return []


@register
def api_keys_are_readable(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Each entry of API_KEYS is name:key:scope+scope."""
    return [
        Error(f"API_KEYS: {problem}.", hint="name:key:audio+voices:read", id="spark.E002")
        for problem in _problems(settings.API_KEYS)
    ]


@register
def threads_outnumber_connections(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """With as many calls in flight as threads, a probe would wait behind inference."""
    if settings.WEB_THREADS > settings.ENGINE_CONNECTIONS:
        return []
    hint = "Raise WEB_THREADS or lower ENGINE_CONNECTIONS."
    return [
        Error(
            f"WEB_THREADS ({settings.WEB_THREADS}) must be more than ENGINE_CONNECTIONS "
            f"({settings.ENGINE_CONNECTIONS}).",
            hint=hint,
            id="spark.E003",
        )
    ]


@register
def the_processor_is_one(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """WEB_CPU names a processor, or leaves the choice to us."""
    allowed = sorted(map(str, os.sched_getaffinity(0)))
    if settings.WEB_CPU in ("auto", "any", *allowed):
        return []
    hint = f"auto, any, or one of {', '.join(allowed)}."
    if settings.WEB_CPU.isdecimal():
        # Of a worker beside the gateway that is no matter; threads of the gateway run anywhere.
        said = f"Processor {settings.WEB_CPU} of WEB_CPU is not this process's."
        return [Warning(said, hint=hint, id="spark.W003")]
    return [Error("WEB_CPU is no processor.", hint=hint, id="spark.E033")]


@register
def limits_let_something_through(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A limit of nothing would refuse everything, or have it wait for ever."""
    least = {
        **{"ENGINE_CONNECTIONS": 1, "ENGINE_WAIT_S": 0, "CLIENT_TIMEOUT_S": 1},
        **{"MAX_UPLOAD_MB": 1, "UPLOADS_QUOTA_MB": 0},
    }
    return [
        Error(f"{name} is too little.", hint=f"{name} >= {lowest}.", id="spark.E012")
        for name, lowest in least.items()
        if getattr(settings, name) < lowest
    ]


@register
def a_share_is_one(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """With a share of nothing, a key could still be served, one request at a time."""
    if 0 < settings.ENGINE_KEY_SHARE <= 1:
        return []
    hint = "More than 0, at most 1; 1 lets a single key take all places of an engine."
    return [Error("ENGINE_KEY_SHARE is no share.", hint=hint, id="spark.E010")]


@register
def engines_are_given_time(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A call that may last no time at all would always fail; none lasts for ever."""
    times = ("ENGINE_TIMEOUT_S", "ENGINE_BASE_TIMEOUT_S")
    wrong = [name for name in times if not 0 < getattr(settings, name) < math.inf]
    if not 0 <= settings.ENGINE_TIMEOUT_PER_AUDIO_S < math.inf:
        wrong.append("ENGINE_TIMEOUT_PER_AUDIO_S")
    return [
        Error(f"{name} is no time.", hint="Seconds, as 60 or 1.5.", id="spark.E011")
        for name in wrong
    ]


@register
def engines_are_named(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Base URLs are URLs; without any the gateway can only say so."""
    urls = {name: getattr(settings, name) for name in ("PARAKEET_URL", "KOKORO_URL")}
    wrong = [name for name, url in urls.items() if url and not _is_of_a_server(url)]
    errors: list[CheckMessage] = [
        Error(f"{name} is not a URL.", hint="http://host:port", id="spark.E004") for name in wrong
    ]
    if not any(urls.values()):
        hint = "Set PARAKEET_URL or KOKORO_URL, or start with `python -m spark_control.laptop`."
        errors.append(Warning("No engine is configured.", hint=hint, id="spark.W001"))
    return errors


@register
def the_default_format_is_one(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """DEFAULT_SPEECH_FORMAT is a format."""
    if settings.DEFAULT_SPEECH_FORMAT in SPEECH_FORMATS:
        return []
    hint = f"One of {', '.join(SPEECH_FORMATS)}."
    return [Error("DEFAULT_SPEECH_FORMAT is no speech format.", hint=hint, id="spark.E006")]


@register
def pieces_hold_speech(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A cut is looked for 15 s around the wished place, and a short piece is heard badly."""
    if 60 <= settings.CHUNK_S <= settings.CHUNK_AFTER_S:
        return []
    hint = "60 <= CHUNK_S <= CHUNK_AFTER_S, in seconds."
    return [Error("CHUNK_S and CHUNK_AFTER_S do not fit.", hint=hint, id="spark.E009")]


@register
def decoding_is_possible(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A decoder needs a quarter of a gibibyte of addresses for its libraries alone."""
    least = {"DECODERS": 1, "DECODER_MEMORY_MB": 512, "DECODER_CPU_S": 1, "MAX_AUDIO_S": 1}
    return [
        Error(f"{name} is too little.", hint=f"{name} >= {lowest}.", id="spark.E030")
        for name, lowest in least.items()
        if getattr(settings, name) < lowest
    ]


@register
def uploads_have_room(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """The largest upload fits, and the folder for it can be used."""
    errors: list[CheckMessage] = []
    if 0 < settings.UPLOADS_QUOTA_MB < settings.MAX_UPLOAD_MB:
        hint = "UPLOADS_QUOTA_MB >= MAX_UPLOAD_MB; several times that, or 0 for no quota."
        errors.append(Error("UPLOADS_QUOTA_MB is too little.", hint=hint, id="spark.E031"))
    try:
        temporary_files.clean()
        if not os.access(temporary_files.whole_folder(), os.W_OK | os.X_OK):
            raise PermissionError("it cannot be written to")
    except OSError as error:
        hint = "Set UPLOADS_DIR to a folder that this account can write to."
        told = f"Uploads have no folder: {error}."
        errors.append(Error(told, hint=hint, id="spark.E032"))
    return errors


@register
def the_default_voice_is_one(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """DEFAULT_VOICE is a voice or a mix of voices; whether the engine has it, only it can say."""
    try:
        parse_mix(settings.DEFAULT_VOICE)
    except ValueError as error:
        hint = "For example bm_george."
        return [Error(f"DEFAULT_VOICE: {error}", hint=hint, id="spark.E008")]
    return []


@register
def origins_are_origins(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """An origin is what a browser sends: with more or less, no page would ever match."""
    hint = "https://host or http://host:port, in lower case, without a path or a slash at the end."
    return [
        Error(f"CORS_ALLOWED_ORIGINS: {origin!r} is no origin.", hint=hint, id="spark.E007")
        for origin in settings.CORS_ALLOWED_ORIGINS
        if not _ORIGIN.fullmatch(origin)
    ]


@register
def library_is_there(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """SPEAKER_LIBRARY names a class that can be made."""
    try:
        library()
    except (ImportError, ImproperlyConfigured, TypeError) as error:
        return [Error(f"SPEAKER_LIBRARY cannot be used: {error}.", id="spark.E005")]
    return []


def _is_of_a_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _problems(entries: Sequence[str]) -> list[str]:
    problems, owners = [], dict[str, str]()
    for number, entry in enumerate(entries, start=1):
        try:
            digest, client = parse_key(entry)
        except ValueError as error:
            problems.append(f"entry {number}: {error}")
            continue
        if digest in owners:
            problems.append(f"entry {number}: {client.name!r} has the key of {owners[digest]!r}")
        owners[digest] = client.name
    return problems
