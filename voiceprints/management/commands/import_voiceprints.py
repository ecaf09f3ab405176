"""Read voiceprints from a file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from voiceprints.exchange.voiceprint_file import VoiceprintFile, parse_voiceprint_file
from voiceprints.exchange.voiceprint_transfer import import_person
from voiceprints.management import arguments
from voiceprints.management.answers import REFUSALS, reason
from voiceprints.management.items import Items


class Command(BaseCommand):
    """import_voiceprints FILE"""

    help = """Read voiceprints from JSON, as export_voiceprints writes them.

Also read is what label-merge takes as known_voiceprints, {"Ana Ruiz": [numbers]}; then --space
says which embedding model made them. One line per person; of each, all prints are added or none.
People who are new, or of whom no consent is recorded, need --consent; consent that ended is not
given anew here. What is there already stays, so an import that was stopped can be run again.
Status 1 means that somebody could not be imported."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="JSON; - is standard input")
        parser.add_argument(
            "--space",
            metavar="SPACE",
            help="of a file that does not say it: model or model@revision",
        )
        arguments.add_consent(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be added, and add nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        exchange = _exchange(options["file"], options["space"])
        consent = arguments.consent(options)
        items = Items(self.stdout)
        for person in items.each(exchange.people):
            try:
                done = import_person(
                    person,
                    exchange.space,
                    consent=consent,
                    actor=arguments.operator("import_voiceprints"),
                    dry_run=options["dry_run"],
                )
            except REFUSALS as error:
                items.refused(f"{person.name}: not imported. {reason(error)}")
            else:
                added = "would be added" if options["dry_run"] else "added"
                items.succeeded(
                    f"{person.name}: {done.added} {added}, {done.known} known already."
                )
        items.end()


def _exchange(path: str, space: str | None) -> VoiceprintFile:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        return parse_voiceprint_file(text, space=space)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    except UnicodeError as error:
        raise CommandError(f"{path}: expected JSON in UTF-8.") from error
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from error
