"""The `forget` command: erase a person from the voice library."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from audio.management.console import CommandWithExamples
from voiceprints.erasure.person_erasure import ErasedPerson, erase_person
from voiceprints.management import arguments
from voiceprints.management.command_errors import reported_as_command_errors
from voiceprints.models import Person


class Command(CommandWithExamples):
    """forget PERSON"""

    help = """Erase a person: every voiceprint, every stored sample, every link and the name.

Another name replaces that of the person in all transcripts. This cannot be undone; existing
backups are not changed. The command asks for confirmation, unless --yes is given.

  manage.py forget 'Ana Ruiz' --dry-run
  manage.py forget 'Ana Ruiz' --as 'A guest'"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="PERSON", help="a name or an identifier")
        parser.add_argument(
            "--as",
            dest="replacement",
            metavar="NAME",
            help="the replacement in transcripts (default: generated, such as 'Person 7f3a')",
        )
        parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
        parser.add_argument(
            "--dry-run", action="store_true", help="print what would be erased, and erase nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = arguments.find_person(options["person"])
        if options["dry_run"] or not options["yes"]:
            planned = _erase(person, options["replacement"], for_good=False)
            self.stdout.write(f"{person.name}, {person.id}, would be erased: {_describe(planned)}")
        if options["dry_run"]:
            return
        if not options["yes"] and not _is_confirmed():
            raise CommandError("Nothing was erased.")
        erased = _erase(person, options["replacement"], for_good=True)
        self.stdout.write(f"Erased: {_describe(erased)}")


def _erase(person: Person, replacement: str | None, *, for_good: bool) -> ErasedPerson:
    with reported_as_command_errors(), transaction.atomic():
        erased = erase_person(
            person.id, actor=arguments.operator("forget"), replacement=replacement
        )
        transaction.set_rollback(not for_good)
        return erased


def _describe(erased: ErasedPerson) -> str:
    return (
        f"voiceprints deleted: {erased.voiceprints}; transcripts changed: {erased.transcripts}; "
        f"replacement name: {erased.replacement}."
    )


def _is_confirmed() -> bool:
    if not sys.stdin.isatty():
        raise CommandError("Confirmation needs a terminal: expected --yes.")
    return input("Erase permanently? Type yes: ").strip().lower() == "yes"
