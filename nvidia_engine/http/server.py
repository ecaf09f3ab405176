"""Gunicorn's configuration.

``gunicorn -c python:nvidia_engine.http.server nvidia_engine.http.wsgi``
"""

import multiprocessing
import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

try:
    from nvidia_engine import settings
except ImproperlyConfigured as problem:
    # One line in the place of a traceback.
    sys.exit(str(problem))

# One process owns the child; its threads wait for it.
worker_class = "gthread"
workers = 1
# Every request that may be taken on, and some for health checks, uploads and refusals.
threads = settings.MAX_REQUESTS + 8
# A long recording is one call.
timeout = 3600
graceful_timeout = 35
# A pooled client never meets a connection that is just being closed.
keepalive = 0
# Its default path is shared by every gunicorn of the same user.
control_socket_disable = True

# Set before numpy is imported: features are small products, slower with more than one thread.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# Made before the worker is forked: both see it.
_has_given_up = multiprocessing.get_context("fork").Value("b", 0)


def post_worker_init(worker: Worker) -> None:
    """Start the engine, and end the program with it."""
    from nvidia_engine.http import views

    def give_up(_: str) -> None:
        _has_given_up.value = 1
        os.kill(worker.ppid, signal.SIGTERM)

    views.start_service(give_up)


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """End the child with its parent."""
    from nvidia_engine.http import views

    views.stop_service()


def on_exit(server: Arbiter) -> None:
    """Exit with 1 after giving up, so that a restart policy takes over."""
    if _has_given_up.value:
        sys.exit(1)
