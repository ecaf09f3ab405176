"""gunicorn's configuration: `gunicorn -c python:spark_control.server spark_control.wsgi`.

The load is carried by threads, not by worker processes: they wait for engines. One process holds
the slots that limit the calls under way at an engine. To scale, start more gateways.
"""

import io
import json
import logging
import os
import socket
import struct
import sys
import uuid

# Before numpy is imported: its small products are slower with more than one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")

import django
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from spark_control import settings
from spark_control.core_dumps import disable_core_dumps

KEYLESS = (
    "API_KEYS is not set: clients on this machine are served without a key, with all scopes. A "
    "proxy or tunnel on this machine that adds no header such as X-Forwarded-For passes its "
    "clients off as local: set API_KEYS before you start one."
)


class NoAccessLog(Logger):
    """gunicorn's log without its line per request, which the request log already writes.

    When logging is configured, gunicorn writes that line even if no access log is requested.
    """

    def access(self, *request: object) -> None:
        """Write no line."""


def write_refusal(sock: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """Answer a request that gunicorn refuses itself, with the error envelope instead of HTML."""
    request_id = f"req_{uuid.uuid4().hex}"
    error = {
        "message": mesg or f"{reason}.",
        "type": "invalid_request_error" if status_int < 500 else "server_error",
        "param": None,
        "code": "bad_request" if status_int < 500 else "internal_error",
    }
    body = json.dumps({"error": error}).encode()
    head = (
        f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\n"
        "Content-Type: application/json\r\n"
        "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
        "Referrer-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
        f"x-request-id: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    refusal = {"status": status_int, "request_id": request_id}
    logging.getLogger("audio.request").info("refused", extra=refusal)
    util.write_nonblock(sock, head.encode("latin-1") + body)


disable_core_dumps()
# gunicorn has no setting for it.
util.write_error = write_refusal
worker_class = "spark_control.worker.Worker"
workers = 1
threads = settings.WEB_THREADS
# A thread may stream or upload for any length of time; engine calls have timeouts of their own.
timeout = 0
graceful_timeout = 30
keepalive = 75
# All gateways of one user would share it, because it is in the home folder.
control_socket_disable = True
# On a stalled disk, missing heartbeats would kill a healthy worker.
worker_tmp_dir = "/dev/shm"  # noqa: S108
logger_class = NoAccessLog
logconfig_dict = {
    **settings.LOGGING,
    "loggers": {
        "gunicorn.error": {"level": settings.LOG_LEVEL, "propagate": True},
    },
}


def on_starting(server: Arbiter) -> None:
    """Refuse to start when a system check fails."""
    django.setup()
    try:
        # Errors go to standard error; the line that reports no issues is discarded.
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as error:
        sys.exit(str(error))


def when_ready(server: Arbiter) -> None:
    """Set a timeout on client connections, and log who is served and where the API docs are."""
    if not settings.API_KEYS:
        logging.getLogger("gunicorn.error").info(KEYLESS)
    timeout_s = struct.pack("ll", settings.CLIENT_TIMEOUT_S, 0)
    for listener in server.LISTENERS:
        # Accepted connections inherit these options from the listening socket.
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout_s)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout_s)
        logging.getLogger("gunicorn.error").info("The API docs are at %s/api/docs", listener)


def worker_int(worker: Worker) -> None:
    """Exit immediately on Ctrl-C: gunicorn would wait for each thread that waits for an engine."""
    os._exit(0)
