"""Have recordings done by workers."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audio.archive.file_check import reason_of
from audio.archive.inventory import Found
from audio.archive.options import ArchiveOptions
from audio.archive.recording_job import UnusableRecording
from audio.management import archive_arguments, archive_report
from audio.management.archive_arguments import USAGE
from audio.management.console import said
from voiceprints.jobs.archive_jobs import build_submission, find_foreign_output, is_submitted
from voiceprints.jobs.submission import submit_job
from voiceprints.management.arguments import operator
from voiceprints.management.items import Items
from voiceprints.storage.stored_files import StorageFailed


class Command(BaseCommand):
    """enqueue PATH…"""

    help = """Put recordings into the queue, with the options of diarize, and return.

Workers do them: manage.py procrastinate worker, on any number of machines. What waits, runs or is
done with the same options is passed over. --store has the voice library keep the transcripts;
--out has the workers write outputs into a folder, as they see it. archive_status says how far it
is, export_transcripts writes what is kept."""

    def add_arguments(self, parser: CommandParser) -> None:
        archive_arguments.add_recordings(parser)
        archive_arguments.add_options(parser)
        parser.add_argument(
            "--out", type=_folder, metavar="DIR", help="where the workers write the outputs"
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="also what waits, runs or is done already; outputs are replaced",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = archive_arguments.archive_options(options)
        out = options["out"]
        if out is None and not wanted.store:
            raise CommandError(
                "Nothing would be kept: expected --store, --out or both.", returncode=USAGE
            )
        finds = archive_arguments.finds_in(options)
        items = Items(self.stdout)
        for line in archive_report.loop_lines(finds):
            said(self.stdout, line)
        for unfit in finds.unfit:
            items.refused(f"{unfit.name}: {unfit.reason}")
        for found in items.each(finds.recordings):
            try:
                told = _placed(found, wanted, out, again=options["again"])
                items.succeeded(f"{found.name}: {told}")
            except (UnusableRecording, StorageFailed, OSError) as error:
                items.refused(f"{found.name}: {_reason(error)}")
        items.end()


def _placed(found: Found, wanted: ArchiveOptions, out: Path | None, *, again: bool) -> str:
    order = build_submission(found, wanted, out, actor=operator("enqueue"))
    if not again:
        if is_submitted(order):
            return "is known"
        if taken := find_foreign_output(order):
            raise UnusableRecording(f"{taken} stands there already; --again replaces it.")
    return str(submit_job(order).id)


def _folder(text: str) -> Path:
    folder = archive_arguments.folder(text).resolve()
    if not str(folder).isprintable():
        raise ArgumentTypeError("expected a folder whose name is text.")
    return folder


def _reason(error: Exception) -> str:
    return reason_of(error) if isinstance(error, OSError) else str(error)
