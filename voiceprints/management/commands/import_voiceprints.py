"""The `import_voiceprints` command: voiceprints from a JSON file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.management.console import CommandWithExamples
from voiceprints.exchange.voiceprint_file import VoiceprintFile, parse_voiceprint_file
from voiceprints.exchange.voiceprint_transfer import import_person
from voiceprints.management import arguments
from voiceprints.management.command_errors import ITEM_ERRORS, describe_error
from voiceprints.management.item_loop import ItemLoop
from voiceprints.people.erasure_marks import work_marked


class Command(CommandWithExamples):
    """import_voiceprints FILE"""

    help = """Store voiceprints from JSON, as export_voiceprints writes it.

The file may also have the shape of label-merge's known_voiceprints, {"Ana Ruiz": [numbers]}; then
--space must name the embedding model that made them. All voiceprints of a person are added, or
none. A new person, and one without recorded consent, needs --consent; a consent that has ended
cannot be renewed here. Existing voiceprints stay as they are, so a stopped import can be run
again. Exit status 1: at least one person could not be imported.

  manage.py import_voiceprints voices.json --dry-run
  manage.py import_voiceprints known.json --space titanet@1 --consent 'signed forms'"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file, or - for standard input")
        parser.add_argument(
            "--space",
            metavar="SPACE",
            help="the embedding space, model or model@revision, if the file does not name it",
        )
        arguments.add_consent_options(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="print what would be added, and add nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Before the file is read: people may be erased from the library during a long import.
        with work_marked():
            self._import(options)

    def _import(self, options: dict[str, Any]) -> None:
        exchange = _exchange(options["file"], options["space"])
        consent = arguments.read_consent(options)
        items = ItemLoop(self.stdout)
        for person in items.each(exchange.people):
            try:
                done = import_person(
                    person,
                    exchange.space,
                    consent=consent,
                    actor=arguments.operator("import_voiceprints"),
                    dry_run=options["dry_run"],
                )
            except ITEM_ERRORS as error:
                items.fail(f"{person.name}: not imported. {describe_error(error)}")
            else:
                added = "would be added" if options["dry_run"] else "added"
                items.succeed(f"{person.name}: {done.added} {added}, {done.known} known already.")
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
