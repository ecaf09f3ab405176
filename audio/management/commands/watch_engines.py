"""A small process that probes the engines, and has those restarted that are wedged."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audio.engines import engine_status
from audio.engines.recovery.engine_report import report
from audio.engines.recovery.watch import examine_all, watch, watched


class Command(BaseCommand):
    """watch_engines [--once]"""

    help = """Ask every engine a question with a known answer, now and every WATCH_INTERVAL_S
seconds; restart those that are wedged, as RESTART_WITH says. Each change of state is a line of
JSON on standard error. With --once, status 0: all engines answer rightly; 1: one does not."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="examine each engine once, and say how it stands"
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
            told = report(engine)
            self.stdout.write(f"{engine:<9} {told['state']:<11} {told['reason']}")
        if not all_well:
            raise CommandError("Not all engines answer rightly.")
