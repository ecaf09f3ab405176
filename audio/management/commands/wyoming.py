"""The `wyoming` command: serve Home Assistant's voice protocol."""

import asyncio
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.management.console import CommandWithExamples
from audio.wyoming.wyoming_server import ListenAddress, run

MOST_PORT = 65_535


class Command(CommandWithExamples):
    """wyoming [--bind HOST:PORT] [--graceful-timeout S]"""

    help = """Serve speech to text and text to speech over Wyoming, Home Assistant's protocol.

  manage.py wyoming --bind 127.0.0.1:10300
  manage.py wyoming --bind 0.0.0.0:10300

The protocol has neither keys nor encryption: every program that reaches the port may use the
engines. Bind it to a network that only Home Assistant is on.

SIGTERM and Ctrl-C end it: no further event is read, and requests under way are answered first."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:10300", metavar="HOST:PORT")
        parser.add_argument(
            "--graceful-timeout",
            type=float,
            default=30.0,
            metavar="S",
            help="seconds for requests under way when the server ends (30)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, _, port = options["bind"].rpartition(":")
        if not host or not port.isdecimal() or int(port) > MOST_PORT:
            raise CommandError(
                f"--bind: expected HOST:PORT, got {options['bind']!r}", returncode=2
            )
        address = ListenAddress(host.strip("[]"), int(port), options["graceful_timeout"])
        try:
            asyncio.run(run(address))
        except OSError as error:
            raise CommandError(f"--bind {options['bind']}: {error.strerror or error}") from error
