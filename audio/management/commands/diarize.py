"""Who said what, by name, in whole archives of recordings."""

import os
import time
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from audio.archive.follower import Follower, Outcome, Stop
from audio.archive.inventory import Finds
from audio.archive.ledger import InUse, Ledger, open_ledger, read_ledger
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import Outputs
from audio.archive.plan import ASSUMED_SPEED, Archive, estimated_s, plan
from audio.archive.runner import Work, run
from audio.management import archive_arguments as arguments
from audio.management import archive_report
from audio.management.archive_arguments import USAGE
from audio.management.console import Say, saying
from audio.management.live_progress import Live
from audio.management.signals import ended_by_signals


class Command(BaseCommand):
    """diarize PATH…"""

    help = """Say who said what, by name, in recordings of any length, number and format.

Folders are searched to the bottom for whatever holds audio. talk.mic.wav and talk.system.wav are
two tracks of one recording; talk.timeline.json is the timeline of talk. What is done is not done
again: run the same command to go on after whatever ended it. Status 0: all is done; 1: some
failed, or are left; 2: wrong usage.

  manage.py diarize recordings --out transcripts --dry-run
  manage.py diarize 'recordings/**/*.m4a' --newer-than 2026-05-01 --out transcripts --format srt"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        arguments.add_recordings(parser)
        arguments.add_options(parser)
        parser.add_argument(
            "--out",
            type=arguments.folder,
            required=True,
            metavar="DIR",
            help="where the outputs go, in folders as those of the recordings",
        )
        parser.add_argument(
            "--jobs",
            type=arguments.jobs,
            default=2,
            metavar="N",
            help="recordings at a time (default: 2)",
        )
        parser.add_argument(
            "--retry-failed", action="store_true", help="do just those that failed before"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and do nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = arguments.archive_options(options)
        outputs = Outputs(options["out"], wanted.formats)
        finds = arguments.finds_in(options)
        stop = Stop()
        say = saying(self.stdout, stop)
        for line in archive_report.loop_lines(finds):
            say(line)
        if options["dry_run"]:
            archive = Archive(outputs, read_ledger(options["out"]), wanted.store)
            _tell_plan(_chosen(finds, archive.ledger, options), wanted, archive, say)
            return
        if not settings.PARAKEET_URL:
            raise CommandError("PARAKEET_URL is not set: it names the engine.", returncode=USAGE)
        with _ledger_in(options["out"]) as ledger:
            archive = Archive(outputs, ledger, wanted.store)
            work = Work(wanted, archive, operator(), options["jobs"])
            self._run(_chosen(finds, ledger, options), work, stop)

    def _run(self, finds: Finds, work: Work, stop: Stop) -> None:
        say, began = saying(self.stdout, stop), time.monotonic()
        say(archive_report.found_line(finds))
        with ended_by_signals(stop):
            with self._follower(finds, say) as follower:
                outcomes = run(finds, work, follower, stop)
            self._tell_end(finds, outcomes, stop, time.monotonic() - began)

    def _tell_end(self, finds: Finds, outcomes: list[Outcome], stop: Stop, took_s: float) -> None:
        say = saying(self.stdout, stop)
        all_of_them = len(finds.recordings) + len(finds.unfit)
        left, failed = all_of_them - len(outcomes), archive_report.failures(outcomes)
        for line in ("", *archive_report.summary(outcomes, left=left, took_s=took_s)):
            say(line)
        for line in ("", *failed) if failed else ():
            say(line)
        if left:
            raise CommandError(
                f"Stopped ({stop.reason.rstrip('.')}): {left} of {all_of_them} are left. "
                "The same command goes on from here."
            )
        if failed:
            raise CommandError(
                f"{len(failed)} of {all_of_them} failed; with --retry-failed the same command "
                "does just these."
            )

    @contextmanager
    def _follower(self, finds: Finds, say: Say) -> Iterator[Follower]:
        console = Console()
        if not self.stdout.isatty() or console.is_dumb_terminal:
            yield archive_report.Lines(say)
            return
        with Live(finds, console) as live:
            yield live


def _tell_plan(finds: Finds, wanted: ArchiveOptions, archive: Archive, say: Say) -> None:
    planned = plan(finds, wanted, archive)
    for outcome in planned:
        say(archive_report.line_of(outcome))
    measured = archive.ledger.speed()
    for line in ("", archive_report.found_line(finds), *archive_report.counts(planned)):
        say(line)
    seconds = estimated_s(planned, measured or ASSUMED_SPEED)
    say(archive_report.estimate(seconds, measured, ASSUMED_SPEED))


def operator() -> str:
    """Who did it, for the library's audit: the command, and whose account it ran under."""
    return f"manage.py diarize, uid {os.getuid()}"


@contextmanager
def _ledger_in(folder: Path) -> Iterator[Ledger]:
    with ExitStack() as opened:
        try:
            ledger = opened.enter_context(open_ledger(folder))
        except InUse:
            said = f"--out {folder}: another run is at work there."
            raise CommandError(said, returncode=USAGE) from None
        except OSError as error:
            said = f"--out {folder}: {error.strerror}."
            raise CommandError(said, returncode=USAGE) from error
        yield ledger


def _chosen(finds: Finds, ledger: Ledger, options: dict[str, Any]) -> Finds:
    if not options["retry_failed"]:
        return finds
    failed = ledger.failed()
    return replace(
        finds,
        recordings=tuple(one for one in finds.recordings if str(one.name) in failed),
        unfit=tuple(one for one in finds.unfit if str(one.name) in failed),
    )
