"""The `diarize` command: named transcripts for archives of recordings."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console

from audio.archive.archive_progress import ProgressListener, RecordingResult, StopRequest
from audio.archive.inventory import Inventory
from audio.archive.ledger import InUse, Ledger, open_ledger, read_ledger
from audio.archive.options import ArchiveOptions
from audio.archive.outputs import Outputs
from audio.archive.plan import ASSUMED_SPEED, Archive, estimate_s, plan_archive
from audio.archive.runner import RunOptions, run_archive
from audio.engines.roles import is_configured
from audio.library import LibraryUnavailable, work_begun
from audio.management import archive_arguments as arguments
from audio.management import archive_report
from audio.management.archive_arguments import USAGE
from audio.management.console import (
    CommandWithExamples,
    WriteLine,
    line_writer,
    stopped_by_signals,
)
from audio.management.live_progress import LiveProgress


class Command(CommandWithExamples):
    """diarize PATH…"""

    help = """Write named transcripts of recordings of any length, number and format.

Folders are searched recursively for files that hold audio or video. talk.mic.wav and
talk.system.wav are the two tracks of one recording; talk.timeline.json is the timeline of talk.

Recordings that are done are skipped: to continue after an interruption, run the same command
again. Exit status 0: all recordings are done; 1: some failed or are left; 2: wrong usage.

  manage.py diarize recordings --out transcripts --dry-run
  manage.py diarize 'recordings/**/*.m4a' --newer-than 2026-05-01 --out transcripts --format srt"""

    def add_arguments(self, parser: CommandParser) -> None:
        arguments.add_recording_arguments(parser)
        arguments.add_archive_options(parser)
        parser.add_argument(
            "--out",
            type=arguments.parse_folder,
            required=True,
            metavar="DIR",
            help="the folder for the outputs; its subfolders are those of the recordings",
        )
        parser.add_argument(
            "--jobs",
            type=arguments.parse_jobs,
            default=2,
            metavar="N",
            help="process N recordings at the same time (default: 2)",
        )
        parser.add_argument(
            "--retry-failed",
            action="store_true",
            help="process only recordings that failed before",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print what would be done, and do nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"] and not is_configured("turns"):
            raise CommandError("PARAKEET_URL is not set: it names the engine.", returncode=USAGE)
        # Before any name is read: people may be erased from the library during a long run.
        try:
            with work_begun(is_required=options["store"] and not options["dry_run"]):
                self._handle(options)
        except LibraryUnavailable as error:
            raise CommandError(str(error)) from error

    def _handle(self, options: dict[str, Any]) -> None:
        archive_options = arguments.read_archive_options(options)
        outputs = Outputs(options["out"], archive_options.formats)
        inventory = arguments.read_inventory(options)
        stop = StopRequest()
        write = line_writer(self.stdout, stop)
        for line in archive_report.loop_lines(inventory):
            write(line)
        if options["dry_run"]:
            archive = Archive(outputs, read_ledger(options["out"]), archive_options.store)
            selected = _select(inventory, archive.ledger, options)
            _write_plan(selected, archive_options, archive, write)
            return
        with _ledger_in(options["out"]) as ledger:
            archive = Archive(outputs, ledger, archive_options.store)
            run_options = RunOptions(archive_options, archive, operator(), options["jobs"])
            self._run(_select(inventory, ledger, options), run_options, stop)

    def _run(self, inventory: Inventory, options: RunOptions, stop: StopRequest) -> None:
        write, began = line_writer(self.stdout, stop), time.monotonic()
        write(archive_report.inventory_line(inventory))
        with stopped_by_signals(stop):
            with self._listener(inventory, write) as listener:
                results = run_archive(inventory, options, listener, stop)
            self._write_summary(inventory, results, stop, time.monotonic() - began)

    def _write_summary(
        self,
        inventory: Inventory,
        results: list[RecordingResult],
        stop: StopRequest,
        took_s: float,
    ) -> None:
        write = line_writer(self.stdout, stop)
        total = len(inventory.recordings) + len(inventory.unusable)
        left, failed = total - len(results), archive_report.failure_lines(results)
        for line in ("", *archive_report.summary(results, left=left, took_s=took_s)):
            write(line)
        for line in ("", *failed) if failed else ():
            write(line)
        if left:
            raise CommandError(
                f"Stopped ({stop.reason.rstrip('.')}): {left} of {total} are left. "
                "To continue, run the same command again."
            )
        if failed:
            raise CommandError(
                f"{len(failed)} of {total} failed; to process only these, run the same command "
                "with --retry-failed."
            )

    @contextmanager
    def _listener(self, inventory: Inventory, write: WriteLine) -> Iterator[ProgressListener]:
        console = Console()
        if not self.stdout.isatty() or console.is_dumb_terminal:
            yield archive_report.ResultLines(write)
            return
        with LiveProgress(inventory, console) as live:
            yield live


def _write_plan(
    inventory: Inventory, options: ArchiveOptions, archive: Archive, write: WriteLine
) -> None:
    planned = plan_archive(inventory, options, archive)
    for result in planned:
        write(archive_report.result_line(result))
    measured = archive.ledger.speed()
    found = archive_report.inventory_line(inventory)
    for line in ("", found, *archive_report.totals_table(planned)):
        write(line)
    seconds = estimate_s(planned, measured or ASSUMED_SPEED)
    write(archive_report.estimate_line(seconds, measured, ASSUMED_SPEED))


def operator() -> str:
    """Return the actor for the library's audit: the command, and the account it runs under."""
    return f"manage.py diarize, uid {os.getuid()}"


@contextmanager
def _ledger_in(folder: Path) -> Iterator[Ledger]:
    with ExitStack() as opened:
        try:
            ledger = opened.enter_context(open_ledger(folder))
        except InUse:
            message = f"--out {folder}: another run is working there; wait until it ends."
            raise CommandError(message, returncode=USAGE) from None
        except OSError as error:
            message = f"--out {folder}: {error.strerror}."
            raise CommandError(message, returncode=USAGE) from error
        yield ledger


def _select(inventory: Inventory, ledger: Ledger, options: dict[str, Any]) -> Inventory:
    if not options["retry_failed"]:
        return inventory
    failed = ledger.failed_names()
    return replace(
        inventory,
        recordings=tuple(one for one in inventory.recordings if str(one.name) in failed),
        unusable=tuple(one for one in inventory.unusable if str(one.name) in failed),
    )
