"""Gunicorn's configuration: ``gunicorn -c python:cpu_engine.server cpu_engine.wsgi``."""

import ctypes
import os

from cpu_engine import settings

# One process holds each model once; its threads wait for their turn.
worker_class = "gthread"
workers = 1
# Every place in the three queues, and some for probes and lists.
threads = 3 * (1 + settings.ENGINE_QUEUE) + 4
# A long recording is one call.
timeout = 3600
graceful_timeout = 5
# A pooled client never meets a connection that is just being closed.
keepalive = 0
# Its default path is shared by every gunicorn of the same user.
control_socket_disable = True

# Set before numpy is imported: the models have threads of their own, and small products are
# slower with more than one.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# glibc gives threads heaps of their own, which keep what large arrays left: two heaps instead
# of one per thread and core save 190 MB at the peak. (M_ARENA_MAX of malloc.h; glibc only.)
M_ARENA_MAX = -8
if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
    mallopt(M_ARENA_MAX, 2)
