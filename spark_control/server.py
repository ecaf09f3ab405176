"""The gateway's server: `python -m spark_control.server --bind HOST:PORT`.

It is Granian in its ASGI mode: sockets belong to a thread of its own, so a client that sends
slowly, stalls or vanishes cannot keep others waiting. The load is carried by threads, not by
worker processes: one process holds the slots that limit the calls under way at an engine. To
scale, start more gateways.
"""

import argparse
import io
import logging
import os
import resource
import socket
import sys
from pathlib import Path

# Before numpy is imported: its small products are slower with more than one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spark_control.settings")

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels

from audio.api.listening_server import parse_bind
from spark_control.core_dumps import disable_core_dumps

try:
    from spark_control import settings
except ImproperlyConfigured as error:
    # One line, without the traceback, whose frames hold the value.
    sys.exit(str(error))

logger = logging.getLogger("spark_control")
KEYLESS = (
    "API_KEYS is not set: clients on this machine are served without a key, with all scopes. A "
    "proxy or tunnel on this machine that adds no header such as X-Forwarded-For passes its "
    "clients off as local: set API_KEYS before you start one."
)
SERVER_LOGGERS = {
    "_granian": {"level": "WARNING"},
    # It repeats what the request log reports of an answer that breaks off.
    "_granian.utils": {"level": "CRITICAL"},
}
# File descriptors that are not for clients' connections.
RESERVED_FILES = 512
MOST_CONNECTIONS = 16_384
# A server on this machine accepts connections immediately.
ANSWER_S = 1.0


def main() -> None:
    """Serve until a signal ends it."""
    options = parse_options()
    disable_core_dumps()
    django.setup()
    check_settings()
    host, port = find_free_address(options.bind)
    server = Granian(
        "spark_control.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=int(settings.HEAD_TIMEOUT_S * 1000)),
        websockets=False,
        backpressure=raise_connection_limit(),
        respawn_failed_workers=True,
        workers_kill_timeout=options.graceful_timeout,
        log_dictconfig=settings.LOGGING | {"loggers": SERVER_LOGGERS},
        log_level=LogLevels.warning,
        ssl_cert=options.certificate,
        ssl_key=options.key,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    server.on_startup(lambda: announce(options))
    server.serve()


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m spark_control.server", description="Serve the gateway."
    )
    parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
    parser.add_argument(
        "--graceful-timeout",
        type=int,
        default=30,
        metavar="S",
        help="seconds for requests under way when the server ends (30)",
    )
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="PEM; serves TLS")
    parser.add_argument("--key", type=Path, metavar="FILE", help="PEM, of the certificate")
    options = parser.parse_args()
    try:
        parse_bind(options.bind)
    except ValueError as error:
        parser.error(f"--bind: {error}")
    if bool(options.certificate) != bool(options.key):
        parser.error("--certificate and --key: expected both or none")
    for name in ("certificate", "key"):
        if (path := getattr(options, name)) and not path.is_file():
            parser.error(f"--{name}: expected a PEM file, got {str(path)!r}")
    return options


def find_free_address(bind: str) -> tuple[str, int]:
    """Return the address that a host and port name; exit in one line if it cannot be served.

    The server shares a port that another one listens on, so a second gateway would get half of
    the first one's clients.
    """
    host, port = parse_bind(bind)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        socket.create_server(address, family=family, reuse_port=True).close()
    except OSError as error:
        sys.exit(f"--bind {bind}: {error.strerror or error}")
    with socket.socket(family) as client:
        client.settimeout(ANSWER_S)
        if client.connect_ex(address) == 0:
            sys.exit(f"--bind {bind}: another server listens there")
    return str(address[0]), port


def check_settings() -> None:
    """Refuse to start when a system check fails."""
    try:
        # Errors go to standard error; the line that reports no issues is discarded.
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as error:
        sys.exit(str(error))


def raise_connection_limit() -> int:
    """Allow as many open files as the system does; return how many may be connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    files = MOST_CONNECTIONS if most == resource.RLIM_INFINITY else most - RESERVED_FILES
    return max(RESERVED_FILES, min(MOST_CONNECTIONS, files))


def announce(options: argparse.Namespace) -> None:
    """Log who is served, and where the API docs are."""
    if not settings.API_KEYS:
        logger.info(KEYLESS)
    scheme = "https" if options.certificate else "http"
    logger.info("The API docs are at %s://%s/api/docs", scheme, options.bind)


if __name__ == "__main__":
    main()
