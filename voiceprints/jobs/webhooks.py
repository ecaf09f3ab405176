"""The webhook of a job that has ended: its body, its signature and its delivery.

A POST in the shape and with the signature of Standard Webhooks, which OpenAI's SDK verifies:
`webhook-signature: v1,BASE64` is the HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`.
The body does not contain the result: a client with the right API key reads it at /api/jobs/{id}.

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

from voiceprints.jobs.retry_policy import RetryLater, webhook_retries
from voiceprints.jobs.webhook_addresses import (
    HostNotFound,
    Resolve,
    Target,
    WebhookRefused,
    parse_webhook_url,
    resolve_address,
)
from voiceprints.models.jobs import Job, WebhookState

logger = logging.getLogger(__name__)
TIMEOUT_S = 10.0
# A worker spends at most this long on one request, however slowly the host responds.
LONGEST_S = 30.0
RESPONSE_BYTES = 64 * 1024
SECRET_PREFIX = "whsec_"  # noqa: S105


class NotDelivered(Exception):
    """The host was not reached, or did not respond with a status of 200 to 299."""


def deliver_webhook(job_id: UUID, resolve: Resolve | None = None) -> None:
    """Deliver the webhook of a job that has ended, and store whether it was delivered.

    Raises
    ------
    RetryLater
    """
    waiting = Job.objects.filter(pk=job_id, webhook_state=WebhookState.WAITING)
    waiting.update(webhook_attempts=F("webhook_attempts") + 1)
    job = waiting.first()
    if job is None:
        return
    try:
        send_webhook(job, resolve)
    except WebhookRefused as refused:
        logger.warning("the webhook of job %s is not sent: %s", job.pk, refused)
        waiting.update(webhook_state=WebhookState.FAILED)
    except NotDelivered as error:
        retries = webhook_retries()
        if not retries.is_last(job.webhook_attempts):
            raise RetryLater(retries.wait_s(job.webhook_attempts)) from error
        waiting.update(webhook_state=WebhookState.FAILED)
    else:
        waiting.update(webhook_state=WebhookState.DELIVERED)


def send_webhook(job: Job, resolve: Resolve | None = None) -> None:
    """Send the webhook once; redirects are not followed, and count as not delivered.

    Raises
    ------
    WebhookRefused, NotDelivered
    """
    target = parse_webhook_url(job.webhook_url)
    body = body_of(job)
    try:
        connection = _connection(target, resolve_address(target, resolve))
    except HostNotFound as error:
        raise NotDelivered("no such host") from error
    end = Timer(LONGEST_S, connection.end)
    end.start()
    try:
        connection.request("POST", target.path, body, headers_of(job, body))
        with connection.getresponse() as response:
            # Closing a connection with unread bytes resets it.
            response.read(RESPONSE_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered("no response") from error
    finally:
        end.cancel()
        connection.close()
    if not 200 <= response.status < 300:
        raise NotDelivered(f"status {response.status}")


def body_of(job: Job) -> bytes:
    """Return the body of the request."""
    ended = job.finished_at
    assert ended is not None  # noqa: S101 — a constraint of the database
    data = {
        "id": str(job.pk),
        "object": "job",
        "kind": job.kind,
        "state": job.state,
        "transcript_id": None if job.transcript_id is None else str(job.transcript_id),
        "error": job.error,
    }
    event = {
        "object": "event",
        "id": event_id(job),
        "type": f"job.{job.state}",
        "created_at": int(ended.timestamp()),
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(job: Job, body: bytes, at: float | None = None) -> Mapping[str, str]:
    """Return the headers, with the signature and the identifier and time that it covers."""
    sent = str(int(time.time() if at is None else at))
    signed = b".".join((event_id(job).encode(), sent.encode(), body))
    signature = base64.b64encode(hmac.digest(_secret(), signed, hashlib.sha256)).decode()
    return {
        "content-type": "application/json",
        "user-agent": "spark-control",
        "webhook-id": event_id(job),
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{signature}",
    }


def event_id(job: Job) -> str:
    """Return the identifier of the event, by which the receiver recognises a repetition."""
    return f"{job.pk}.{job.state}"


def _secret() -> bytes:
    secret: str = settings.WEBHOOK_SECRET
    if secret.startswith(SECRET_PREFIX):
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return secret.encode()


def _connection(target: Target, address: str) -> "_PinnedConnection":
    if target.scheme == "https":
        return _SecurePinnedConnection(target, address)
    return _PinnedConnection(target, address)


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to the address that was checked, and sends the host's name."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_S)
        self.address = address
        # A reference of its own: `http.client` drops `sock` while a response is still being read.
        self._connected: socket.socket | None = None

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), TIMEOUT_S)
        self._connected = self.sock

    def end(self) -> None:
        """Abort the request; called from another thread."""
        if self._connected is not None:
            with suppress(OSError):
                self._connected.shutdown(socket.SHUT_RDWR)


class _SecurePinnedConnection(_PinnedConnection):
    """Connects over TLS, and checks the certificate against the host's name."""

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
