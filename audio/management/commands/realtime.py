"""The `realtime` command: serve realtime transcription over WebSockets."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.management.console import CommandWithExamples, read_bind
from audio.realtime.server import Address, run


class Command(CommandWithExamples):
    """realtime [--bind HOST:PORT] [--certificate FILE --key FILE] [--graceful-timeout S]"""

    help = """Serve GET /v1/realtime?intent=transcription: sessions of OpenAI's Realtime API that
transcribe audio while it arrives. The process also answers /healthz and /metrics.

  manage.py realtime --bind 127.0.0.1:8001
  manage.py realtime --bind 0.0.0.0:8001 --certificate cert.pem --key key.pem

SIGTERM and Ctrl-C end it: no further event is read, and committed items are transcribed first."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8001", metavar="HOST:PORT")
        parser.add_argument("--certificate", type=Path, metavar="FILE", help="PEM; serves TLS")
        parser.add_argument("--key", type=Path, metavar="FILE", help="PEM, of the certificate")
        parser.add_argument(
            "--graceful-timeout",
            type=float,
            default=30.0,
            metavar="S",
            help="seconds for committed items when the server ends (30)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = read_bind(options["bind"])
        tls = _tls(options["certificate"], options["key"])
        address = Address(host, port, tls, options["graceful_timeout"])
        try:
            asyncio.run(run(address))
        except OSError as error:
            raise CommandError(f"--bind {options['bind']}: {error.strerror or error}") from error


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if (certificate is None) != (key is None):
        raise CommandError("--certificate and --key: expected both or none", returncode=2)
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise CommandError(
            f"--certificate and --key: expected PEM files, got {str(certificate)!r} and "
            f"{str(key)!r}: {error.strerror or error}",
            returncode=2,
        ) from error
    return context
