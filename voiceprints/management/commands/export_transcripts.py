"""Write kept transcripts to files."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audio.archive.file_check import reason_of
from audio.formats.renderer import EXPORT_FORMATS
from audio.management.archive_arguments import folder
from voiceprints.management import arguments
from voiceprints.management.items import Items
from voiceprints.models import Transcript
from voiceprints.transcripts.transcript_export import write_transcript
from voiceprints.transcripts.transcript_search import TranscriptSearch, search_transcripts

DEFAULT_FORMATS = ("json", "txt")


class Command(BaseCommand):
    """export_transcripts DIR"""

    help = """Write kept transcripts into a folder, under the names of now: all of them, or those
of a person, of a time, of a recording, or with these words. Each file is whole or not there. They
hold what people said, so only their owner may read them, and the audit says which left."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=folder, help="is made where it is not")
        parser.add_argument("--person", metavar="NAME", help="where this person speaks")
        parser.add_argument(
            "--since", type=arguments.day, metavar="YYYY-MM-DD", help="recorded then or later"
        )
        parser.add_argument(
            "--until", type=arguments.day, metavar="YYYY-MM-DD", help="recorded by that day"
        )
        parser.add_argument(
            "--query",
            default="",
            metavar="WORDS",
            help='what was said: words, "a phrase", this or that, -not this',
        )
        parser.add_argument(
            "--recording", default="", metavar="PART", help="a part of the recording's name"
        )
        parser.add_argument(
            "--format",
            type=_formats,
            default=DEFAULT_FORMATS,
            metavar="LIST",
            help=f"comma-separated, of {', '.join(EXPORT_FORMATS)} "
            f"(default: {','.join(DEFAULT_FORMATS)})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = list(search_transcripts(_search(options)).values_list("pk", flat=True))
        if not wanted:
            raise CommandError("No transcript is meant.")
        items = Items(self.stdout)
        for pk in items.each(wanted):
            transcript = Transcript.objects.filter(pk=pk).first()
            if transcript is None:
                items.refused(f"{pk}: was deleted meanwhile")
                continue
            try:
                stem = write_transcript(
                    transcript,
                    options["folder"],
                    options["format"],
                    actor=arguments.operator("export_transcripts"),
                )
                items.succeeded(stem.name)
            except OSError as error:
                items.refused(f"{transcript}: {reason_of(error)}")
        items.end()


def _search(options: dict[str, Any]) -> TranscriptSearch:
    named, since, until = options["person"], options["since"], options["until"]
    if since and until and until < since:
        raise CommandError(f"--until: expected {since} or later, as --since says.", returncode=2)
    return TranscriptSearch(
        words=options["query"],
        person=None if named is None else arguments.person(named).id,
        recording=options["recording"],
        since=None if since is None else arguments.start_of(since),
        until=None if until is None else arguments.end_of(until),
    )


def _formats(text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(named) <= set(EXPORT_FORMATS):
        raise ArgumentTypeError(f"expected a list of {', '.join(EXPORT_FORMATS)}; got {text!r}.")
    return named
