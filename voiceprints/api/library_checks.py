"""System checks of the library's settings: webhooks, jobs, and the bucket for samples."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from voiceprints.jobs.webhook_addresses import parse_listed_host
from voiceprints.jobs.webhooks import SECRET_PREFIX

BUCKET_SETTINGS = (
    *("S3_PREFIX", "S3_ENDPOINT_URL", "S3_REGION"),
    *("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"),
)
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_ENDPOINT = re.compile(r"(https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?/?)?")
AUDIO_ON_FORGET = ("delete", "silence")
HINT = "whsec_ and 24 or more random bytes as base64; receivers verify signatures with it."


@register
def check_webhook_secret(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check that webhooks are signed, so that their receivers can verify them."""
    secret = settings.WEBHOOK_SECRET
    if not secret and (settings.WEBHOOK_HOSTS or settings.WEBHOOK_PRIVATE_HOSTS):
        return [Error("Webhooks have hosts but no WEBHOOK_SECRET.", hint=HINT, id="spark.E020")]
    if not secret.startswith(SECRET_PREFIX):
        return []
    try:
        base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        return [Error("WEBHOOK_SECRET is not base64.", hint=HINT, id="spark.E021")]
    return []


@register
def check_webhook_hosts(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check that each webhook host is a host, or a host and its port."""
    hint = "Set host or host:port, comma-separated, without https:// and path."
    return [
        Error(f"{name}: {problem}.", hint=hint, id="spark.E028")
        for name in ("WEBHOOK_HOSTS", "WEBHOOK_PRIVATE_HOSTS")
        for problem in _host_problems(getattr(settings, name))
    ]


@register
def check_trusted_proxies(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check that each trusted proxy is an address or a network."""
    hint = "Set addresses or networks, comma-separated, as 127.0.0.1,10.0.0.0/8."
    return [
        Error(f"TRUSTED_PROXIES: {entry!r} is not an address.", hint=hint, id="spark.E029")
        for entry in settings.TRUSTED_PROXIES
        if not _is_network(entry)
    ]


@register
def check_job_limits(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check that the limits of jobs are 1 or more."""
    wrong = [
        name
        for name, least in (("JOB_ATTEMPTS", 1), ("JOB_DAYS", 1), ("WORKER_LOST_AFTER_S", 1))
        if getattr(settings, name) < least
    ]
    return [
        Error(f"{name} must be 1 or more.", hint=f"{name}=6", id="spark.E022") for name in wrong
    ]


@register
def check_kept_audio(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check that KEEP_AUDIO_ON_FORGET is a known word."""
    if settings.KEEP_AUDIO_ON_FORGET in AUDIO_ON_FORGET:
        return []
    hint = f"Set one of {', '.join(AUDIO_ON_FORGET)}."
    return [Error("KEEP_AUDIO_ON_FORGET is neither.", hint=hint, id="spark.E050")]


@register
def check_doubtful_confidence(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check that DOUBTFUL_CONFIDENCE is a share of 1."""
    if 0 <= settings.DOUBTFUL_CONFIDENCE <= 1:
        return []
    hint = "Set a number from 0, which marks no word, to 1; 0.5 is the default."
    return [Error("DOUBTFUL_CONFIDENCE is not from 0 to 1.", hint=hint, id="spark.E051")]


@register
def check_bucket(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Check that S3_BUCKET names a bucket, and that no bucket setting is set without it."""
    if settings.S3_BUCKET:
        return [*_bucket_problems()]
    present = [name for name in BUCKET_SETTINGS if getattr(settings, name)]
    hint = "Set S3_BUCKET to its name, or unset these to store samples in SAMPLES_DIR."
    message = f"{', '.join(present)}: set without S3_BUCKET."
    return [Error(message, hint=hint, id="spark.E023")] if present else []


def _bucket_problems() -> Iterator[CheckMessage]:
    if not _BUCKET.fullmatch(settings.S3_BUCKET):
        hint = "Only its name, like recordings or recordings.example; folders go into S3_PREFIX."
        yield Error("S3_BUCKET is not the name of a bucket.", hint=hint, id="spark.E024")
    if not _ENDPOINT.fullmatch(settings.S3_ENDPOINT_URL):
        hint = "https://host or http://host:port; the bucket goes into S3_BUCKET."
        yield Error("S3_ENDPOINT_URL is not the URL of a server.", hint=hint, id="spark.E025")
    if bool(settings.S3_ACCESS_KEY_ID) != bool(settings.S3_SECRET_ACCESS_KEY):
        hint = "Set both, or neither to use the role or profile of this machine."
        message = "Only one of S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY is set."
        yield Error(message, hint=hint, id="spark.E026")
    if not (find_spec("storages") and find_spec("boto3")):
        hint = "pip install --require-hashes -r requirements/s3.txt"
        yield Error(
            "S3_BUCKET is set, but its packages are not installed.", hint=hint, id="spark.E027"
        )


def _host_problems(entries: Sequence[str]) -> Iterator[str]:
    for entry in filter(str.strip, entries):
        try:
            parse_listed_host(entry)
        except ValueError as error:
            yield str(error)


def _is_network(entry: str) -> bool:
    try:
        ip_network(entry.strip())
    except ValueError:
        return False
    return True
