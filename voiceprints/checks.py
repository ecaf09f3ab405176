"""Settings of the library that contradict each other are found at the start, with a hint."""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from voiceprints.jobs.calling import SECRET_PREFIX

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
