"""The `wyoming` command: serve Home Assistant's voice protocol."""

import asyncio
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.management.console import CommandWithExamples, read_bind
from audio.wyoming.discovery import CannotAnnounce, is_loopback
from audio.wyoming.information import NAME
from audio.wyoming.wyoming_server import ListenAddress, run


class Command(CommandWithExamples):
    """wyoming [--bind HOST:PORT] [--zeroconf [NAME]] [--graceful-timeout S]"""

    help = """Serve speech to text and text to speech over Wyoming, Home Assistant's protocol.

  manage.py wyoming --bind 127.0.0.1:10300
  manage.py wyoming --bind 0.0.0.0:10300 --zeroconf

The protocol has neither keys nor encryption: every program that reaches the port may use the
engines. Bind it to a network that only Home Assistant is on.

SIGTERM and Ctrl-C end it: no further event is read, and requests under way are answered first."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:10300", metavar="HOST:PORT")
        parser.add_argument(
            "--zeroconf",
            nargs="?",
            const=NAME,
            default="",
            metavar="NAME",
            help="announce the server by mDNS, so that Home Assistant finds it; needs the package "
            f"zeroconf ({NAME})",
        )
        parser.add_argument(
            "--graceful-timeout",
            type=float,
            default=30.0,
            metavar="S",
            help="seconds for requests under way when the server ends (30)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address = _address(options)
        try:
            asyncio.run(run(address))
        except CannotAnnounce as error:
            raise CommandError(f"--zeroconf: {error}", returncode=2) from error
        except OSError as error:
            raise CommandError(f"--bind {options['bind']}: {error.strerror or error}") from error


def _address(options: Mapping[str, Any]) -> ListenAddress:
    bind, name = options["bind"], options["zeroconf"]
    host, port = read_bind(bind)
    if name and is_loopback(host):
        reason = f"expected a --bind that other machines reach, got {bind!r}"
        raise CommandError(f"--zeroconf: {reason}", returncode=2)
    return ListenAddress(host, port, options["graceful_timeout"], name)
