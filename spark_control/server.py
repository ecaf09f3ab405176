"""gunicorn's configuration: `gunicorn -c python:spark_control.server spark_control.wsgi`.

Threads, not workers, carry the load: they wait for engines. One process holds the one connection
pool that limits what an engine is asked at once; scale by starting more gateways.
"""

import logging

from gunicorn.arbiter import Arbiter

from spark_control import settings

worker_class = "gthread"
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
logconfig_dict = {
    **settings.LOGGING,
    "loggers": {
        "gunicorn.error": {"level": settings.LOG_LEVEL, "propagate": True},
        "gunicorn.access": {"level": "CRITICAL"},
    },
}


def when_ready(server: Arbiter) -> None:
    """Say where to look."""
    for listener in server.LISTENERS:
        logging.getLogger("gunicorn.error").info("The docs are at %s/api/docs", listener)
