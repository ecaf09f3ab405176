"""How is somebody told that a job has ended?

A POST in the shape and with the signature of Standard Webhooks, which OpenAI's SDK verifies:
`webhook-signature: v1,BASE64` is the HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`.
The body has no result: whoever may see that asks for it.

Source: https://www.standardwebhooks.com
"""

import base64
import hashlib
import hmac
import http.client
import json
import logging
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from threading import Timer
from uuid import UUID

from django.conf import settings
from django.db.models import F

from voiceprints.jobs.retry_policy import TryAgain, wait_s
from voiceprints.jobs.webhook_addresses import (
    HostNotFound,
    Resolve,
    Target,
    WebhookRefused,
    address_of,
    target_of,
)
from voiceprints.models.jobs import Job, WebhookState

logger = logging.getLogger(__name__)
TIMEOUT_S = 10.0
# However slowly a host answers, it keeps a worker from its jobs no longer.
LONGEST_S = 30.0
ANSWER_BYTES = 64 * 1024
# With JOB_RETRY_S of 10 s the last is made three hours after the first.
CALLS = 8
SECRET_PREFIX = "whsec_"  # noqa: S105


class NotDelivered(Exception):
    """The host was reached, or not, and did not say that it has taken the webhook."""


def call(job_id: UUID, resolve: Resolve | None = None) -> None:
    """Send the webhook of a job that has ended.

    Raises
    ------
    TryAgain
    """
    waiting = Job.objects.filter(pk=job_id, webhook_state=WebhookState.WAITING)
    waiting.update(webhook_attempts=F("webhook_attempts") + 1)
    job = waiting.first()
    if job is None:
        return
    try:
        deliver(job, resolve)
    except WebhookRefused as refused:
        logger.warning("the webhook of job %s is not sent: %s", job.pk, refused)
        waiting.update(webhook_state=WebhookState.FAILED)
    except NotDelivered as error:
        if job.webhook_attempts < CALLS:
            raise TryAgain(wait_s(job.webhook_attempts)) from error
        waiting.update(webhook_state=WebhookState.FAILED)
    else:
        waiting.update(webhook_state=WebhookState.DELIVERED)


def deliver(job: Job, resolve: Resolve | None = None) -> None:
    """Say once that the job has ended; a redirect is an answer like any other that is no yes.

    Raises
    ------
    WebhookRefused, NotDelivered
    """
    target = target_of(job.webhook_url)
    body = body_of(job)
    try:
        connection = _connection(target, address_of(target, resolve))
    except HostNotFound as error:
        raise NotDelivered("no such host") from error
    end = Timer(LONGEST_S, connection.end)
    end.start()
    try:
        connection.request("POST", target.path, body, headers_of(job, body))
        with connection.getresponse() as answer:
            # Whoever closes with unread bytes resets the connection.
            answer.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered("no answer") from error
    finally:
        end.cancel()
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"status {answer.status}")


def body_of(job: Job) -> bytes:
    """What is sent."""
    ended = job.finished_at
    assert ended is not None  # noqa: S101 — a constraint of the database
    told = {
        "id": str(job.pk),
        "object": "job",
        "kind": job.kind,
        "state": job.state,
        "transcript_id": None if job.transcript_id is None else str(job.transcript_id),
        "error": job.error,
    }
    event = {
        "object": "event",
        "id": event_of(job),
        "type": f"job.{job.state}",
        "created_at": int(ended.timestamp()),
        "data": told,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(job: Job, body: bytes, at: float | None = None) -> Mapping[str, str]:
    """The signature, and what it signs besides the body."""
    sent = str(int(time.time() if at is None else at))
    signed = b".".join((event_of(job).encode(), sent.encode(), body))
    signature = base64.b64encode(hmac.digest(_secret(), signed, hashlib.sha256)).decode()
    return {
        "content-type": "application/json",
        "user-agent": "spark-control",
        "webhook-id": event_of(job),
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{signature}",
    }


def event_of(job: Job) -> str:
    """The same whenever the same is told: the receiver knows a repetition by it."""
    return f"{job.pk}.{job.state}"


def _secret() -> bytes:
    secret: str = settings.WEBHOOK_SECRET
    if secret.startswith(SECRET_PREFIX):
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return secret.encode()


def _connection(target: Target, address: str) -> "_Pinned":
    if target.scheme == "https":
        return _SecurePinned(target, address)
    return _Pinned(target, address)


class _Pinned(http.client.HTTPConnection):
    """Connects to an address that was checked, under the name of the host."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_S)
        self.address = address
        # Its own: `sock` is forgotten while an answer is still being read.
        self._connected: socket.socket | None = None

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), TIMEOUT_S)
        self._connected = self.sock

    def end(self) -> None:
        """Wait for the answer no longer, from another thread."""
        if self._connected is not None:
            with suppress(OSError):
                self._connected.shutdown(socket.SHUT_RDWR)


class _SecurePinned(_Pinned):
    """The same over TLS: the certificate must be the host's."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        wrapped = _tls().wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = self._connected = wrapped
        wrapped.do_handshake()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
