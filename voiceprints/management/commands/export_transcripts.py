"""The `export_transcripts` command: stored transcripts as files."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.archive.file_check import describe_os_error
from audio.formats.renderer import EXPORT_FORMATS
from audio.management.archive_arguments import format_list, parse_folder
from audio.management.console import CommandWithExamples
from voiceprints.management import arguments
from voiceprints.management.item_loop import ItemLoop
from voiceprints.models import Transcript
from voiceprints.transcripts.transcript_export import write_transcript
from voiceprints.transcripts.transcript_search import TranscriptSearch, search_transcripts

DEFAULT_FORMATS = ("json", "txt")


class Command(CommandWithExamples):
    """export_transcripts DIR"""

    help = """Write stored transcripts into a folder, with the present names of the people.

Without options all transcripts are written, else those that match every option. Each file is
written completely or not at all. The files contain what people said: only their owner can read
them, and the audit records which transcripts were exported.

  manage.py export_transcripts transcripts --person 'Ana Ruiz' --since 2026-05-01
  manage.py export_transcripts transcripts --query '"next quarter"' --format txt,srt"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", metavar="DIR", type=parse_folder, help="is created if missing"
        )
        parser.add_argument(
            "--person",
            metavar="NAME",
            help="only transcripts in which this person speaks (name or identifier)",
        )
        parser.add_argument(
            "--since",
            type=arguments.parse_day,
            metavar="YYYY-MM-DD",
            help="only recordings of this day or later",
        )
        parser.add_argument(
            "--until",
            type=arguments.parse_day,
            metavar="YYYY-MM-DD",
            help="only recordings of this day or earlier",
        )
        parser.add_argument(
            "--query",
            default="",
            metavar="WORDS",
            help='only transcripts with this text: words, "a phrase", this or that, -not this',
        )
        parser.add_argument(
            "--recording",
            default="",
            metavar="PART",
            help="only recordings with this part in their name",
        )
        parser.add_argument(
            "--format",
            type=format_list(EXPORT_FORMATS),
            default=DEFAULT_FORMATS,
            metavar="LIST",
            help=f"formats, separated by commas, of {', '.join(EXPORT_FORMATS)} "
            f"(default: {','.join(DEFAULT_FORMATS)})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        matching = list(search_transcripts(_search(options)).values_list("pk", flat=True))
        if not matching:
            raise CommandError("No transcript matches the options.")
        items = ItemLoop(self.stdout)
        for pk in items.each(matching):
            transcript = Transcript.objects.filter(pk=pk).first()
            if transcript is None:
                items.fail(f"{pk}: was deleted in the meantime")
                continue
            try:
                stem = write_transcript(
                    transcript,
                    options["folder"],
                    options["format"],
                    actor=arguments.operator("export_transcripts"),
                )
                items.succeed(stem.name)
            except OSError as error:
                items.fail(f"{transcript}: {describe_os_error(error)}")
        items.end()


def _search(options: dict[str, Any]) -> TranscriptSearch:
    named, since, until = options["person"], options["since"], options["until"]
    if since and until and until < since:
        raise CommandError(f"--until: expected {since} or later, as --since says.", returncode=2)
    return TranscriptSearch(
        words=options["query"],
        person=None if named is None else arguments.find_person(named).id,
        recording=options["recording"],
        since=None if since is None else arguments.day_start(since),
        until=None if until is None else arguments.day_end(until),
    )
