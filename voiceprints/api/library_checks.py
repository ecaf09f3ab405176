"""Settings of the library that contradict each other are found at the start, with a hint."""

import base64
import binascii
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from voiceprints.jobs.webhooks import SECRET_PREFIX

ABOUT_THE_BUCKET = (
    *("S3_PREFIX", "S3_ENDPOINT_URL", "S3_REGION"),
    *("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"),
)
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_ENDPOINT = re.compile(r"(https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?/?)?")
HINT = "whsec_ and 24 or more random bytes as base64; those who are called verify with it."


@register
def webhooks_are_signed(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A webhook that nobody can verify is worth nothing."""
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
def jobs_are_tried(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """At least once, and not without end at once."""
    wrong = [
        name
        for name, least in (("JOB_ATTEMPTS", 1), ("JOB_DAYS", 1), ("WORKER_LOST_AFTER_S", 1))
        if getattr(settings, name) < least
    ]
    return [
        Error(f"{name} must be 1 or more.", hint=f"{name}=6", id="spark.E022") for name in wrong
    ]


@register
def the_bucket_is_one(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """S3_BUCKET names a bucket, and nothing is said of one that is not named."""
    if settings.S3_BUCKET:
        return [*_bucket_problems()]
    said = [name for name in ABOUT_THE_BUCKET if getattr(settings, name)]
    hint = "Set S3_BUCKET to its name, or unset these: recordings then lie in SAMPLES_DIR."
    told = f"{', '.join(said)}: set without S3_BUCKET."
    return [Error(told, hint=hint, id="spark.E023")] if said else []


def _bucket_problems() -> Iterator[CheckMessage]:
    if not _BUCKET.fullmatch(settings.S3_BUCKET):
        hint = "Its name alone, as recordings or recordings.example; folders go into S3_PREFIX."
        yield Error("S3_BUCKET is no name of a bucket.", hint=hint, id="spark.E024")
    if not _ENDPOINT.fullmatch(settings.S3_ENDPOINT_URL):
        hint = "https://host or http://host:port; the bucket goes into S3_BUCKET."
        yield Error("S3_ENDPOINT_URL is not a URL of a server.", hint=hint, id="spark.E025")
    if bool(settings.S3_ACCESS_KEY_ID) != bool(settings.S3_SECRET_ACCESS_KEY):
        hint = "Set both, or neither to use the role or profile of this machine."
        told = "Of S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY only one is set."
        yield Error(told, hint=hint, id="spark.E026")
    if not (find_spec("storages") and find_spec("boto3")):
        hint = "pip install --require-hashes -r requirements/s3.txt"
        yield Error("S3_BUCKET is set without its packages.", hint=hint, id="spark.E027")
