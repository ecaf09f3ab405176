"""The `enqueue` command: submit the recordings of an archive as jobs."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.archive.file_check import describe_os_error
from audio.archive.inventory import ArchiveRecording
from audio.archive.options import ArchiveOptions
from audio.archive.recording_job import UnusableRecording
from audio.management import archive_arguments, archive_report
from audio.management.archive_arguments import USAGE
from audio.management.console import CommandWithExamples, write_line
from voiceprints.jobs.archive_jobs import build_submission, find_foreign_output, is_submitted
from voiceprints.jobs.submission import submit_job
from voiceprints.management.arguments import operator
from voiceprints.management.item_loop import ItemLoop
from voiceprints.people.erasure_marks import work_marked
from voiceprints.storage.stored_files import StorageFailed


class Command(CommandWithExamples):
    """enqueue PATH…"""

    help = """Submit recordings as jobs, with the options of diarize, and return.

Workers process the jobs: run manage.py procrastinate worker on any number of machines. Recordings
that are queued, running or done with the same options are skipped. With --store the transcripts
are stored in the voice library, and export_transcripts writes them to files; with --out the
workers write outputs into a folder that they all can reach. archive_status prints the progress.

  manage.py enqueue recordings --store
  manage.py enqueue 'recordings/**/*.m4a' --out /mnt/transcripts --format json,srt"""

    def add_arguments(self, parser: CommandParser) -> None:
        archive_arguments.add_recording_arguments(parser)
        archive_arguments.add_archive_options(parser)
        parser.add_argument(
            "--out",
            type=_parse_folder,
            metavar="DIR",
            help="the folder into which the workers write the outputs",
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="also submit recordings that are queued, running or done; replace their outputs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Before any timeline is read: people may be erased from the library meanwhile.
        with work_marked():
            self._enqueue(options)

    def _enqueue(self, options: dict[str, Any]) -> None:
        archive_options = archive_arguments.read_archive_options(options)
        out = options["out"]
        if out is None and not archive_options.store:
            raise CommandError(
                "The results would be lost: expected --store, --out or both.", returncode=USAGE
            )
        inventory = archive_arguments.read_inventory(options)
        items = ItemLoop(self.stdout)
        for line in archive_report.loop_lines(inventory):
            write_line(self.stdout, line)
        for file in inventory.unusable:
            items.fail(f"{file.name}: {file.reason}")
        for recording in items.each(inventory.recordings):
            try:
                outcome = _submit(recording, archive_options, out, again=options["again"])
                items.succeed(f"{recording.name}: {outcome}")
            except (UnusableRecording, StorageFailed, OSError) as error:
                items.fail(f"{recording.name}: {_reason(error)}")
        items.end()


def _submit(
    recording: ArchiveRecording, options: ArchiveOptions, out: Path | None, *, again: bool
) -> str:
    submission = build_submission(recording, options, out, actor=operator("enqueue"))
    if not again:
        if is_submitted(submission):
            return "is known"
        if existing := find_foreign_output(submission):
            raise UnusableRecording(f"{existing} exists already; --again replaces it.")
    return str(submit_job(submission).id)


def _parse_folder(text: str) -> Path:
    folder = archive_arguments.parse_folder(text).resolve()
    if not str(folder).isprintable():
        raise ArgumentTypeError("expected a folder with a printable name.")
    return folder


def _reason(error: Exception) -> str:
    return describe_os_error(error) if isinstance(error, OSError) else str(error)
