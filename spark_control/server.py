"""gunicorn's configuration: `gunicorn -c python:spark_control.server spark_control.wsgi`.

Threads, not workers, carry the load: they wait for engines. One process holds the places that
limit what an engine is asked at once; scale by starting more gateways.
"""

import io
import logging
import os
import socket
import struct
import sys

# Before anything imports numpy: its small products are slower with more than one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")

import django
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from spark_control import settings
from spark_control.server_refusals import write_refusal

# gunicorn has no setting for it.
util.write_error = write_refusal
worker_class = "spark_control.worker.Worker"
workers = 1
threads = settings.WEB_THREADS
# A thread that streams or uploads is alive however long it takes; engines have their own timeouts.
timeout = 0
graceful_timeout = 30
keepalive = 75
# It would lie in the home folder, one for all gateways of a user.
control_socket_disable = True
# Heartbeats on a disk that stalls would kill a healthy worker.
worker_tmp_dir = "/dev/shm"  # noqa: S108
logger_class = "spark_control.logs.NoAccessLog"
logconfig_dict = {
    **settings.LOGGING,
    "loggers": {
        "gunicorn.error": {"level": settings.LOG_LEVEL, "propagate": True},
    },
}


def on_starting(server: Arbiter) -> None:
    """Refuse to start with settings that contradict each other."""
    django.setup()
    try:
        # What is wrong goes to standard error; that nothing is need not be said.
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as error:
        sys.exit(str(error))


def when_ready(server: Arbiter) -> None:
    """Let no silent client keep a thread, and say where to look."""
    patience = struct.pack("ll", settings.CLIENT_TIMEOUT_S, 0)
    for listener in server.LISTENERS:
        # Connections inherit these from the socket that accepts them.
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
        logging.getLogger("gunicorn.error").info("The docs are at %s/api/docs", listener)


def worker_int(worker: Worker) -> None:
    """End at once on Ctrl-C: threads that wait for an engine would be waited for in turn."""
    os._exit(0)
