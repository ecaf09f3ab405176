"""Have recordings done by workers."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audio.archive.doing import UnusableRecording
from audio.archive.probing import reason_of
from audio.management import archive_arguments
from audio.management.archive_arguments import USAGE
from voiceprints.errors import StorageFailed
from voiceprints.jobs.archives import is_known, order_of
from voiceprints.jobs.asking import place
from voiceprints.management.arguments import operator
from voiceprints.management.items import Items


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
            "--out", type=Path, metavar="DIR", help="where the workers write the outputs"
        )
        parser.add_argument(
            "--again", action="store_true", help="also what waits, runs or is done already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = archive_arguments.archive_options(options)
        out = None if options["out"] is None else options["out"].resolve()
        if out is None and not wanted.store:
            raise CommandError(
                "Nothing would be kept: expected --store, --out or both.", returncode=USAGE
            )
        finds = archive_arguments.finds_in(options)
        items = Items(self.stdout)
        for unfit in finds.unfit:
            items.refused(f"{unfit.name}: {unfit.reason}")
        for found in items.each(finds.recordings):
            try:
                order = order_of(found, wanted, out, actor=operator("enqueue"))
                if not options["again"] and is_known(order):
                    items.succeeded(f"{found.name}: is known")
                    continue
                items.succeeded(f"{found.name}: {place(order).id}")
            except (UnusableRecording, StorageFailed, OSError) as error:
                items.refused(f"{found.name}: {_reason(error)}")
        items.end()


def _reason(error: Exception) -> str:
    return reason_of(error) if isinstance(error, OSError) else str(error)
