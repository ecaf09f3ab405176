"""The `watch_engines` command: probe the engines, and restart those that are wedged."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.engines import engine_status
from audio.engines.recovery.engine_report import report
from audio.engines.recovery.watch import examine_all, watch, watched
from audio.management.console import CommandWithExamples


class Command(CommandWithExamples):
    """watch_engines [--once]"""

    help = """Probe every engine with a request whose response is known, every WATCH_INTERVAL_S
seconds, and restart an engine that is wedged, by the means that RESTART_WITH names. Each change
of state is logged as a line of JSON on standard error.

With --once each engine is probed once, and its state is printed. Exit status 0: all engines
respond correctly; 1: at least one does not; 2: the configuration is wrong."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="probe each engine once, print its state, and exit"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not watched():
            raise CommandError("No engine is configured.", returncode=2)
        if not engine_status.is_usable():
            raise CommandError("RECOVERY_DIR cannot be used by this account alone.", returncode=2)
        if options["once"]:
            self._examine_once()
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: stop.set())
        watch(stop)

    def _examine_once(self) -> None:
        all_well = examine_all()
        for engine in watched():
            state = report(engine)
            self.stdout.write(f"{engine:<9} {state['state']:<11} {state['reason']}")
        if not all_well:
            raise CommandError("Not all engines respond correctly.")
