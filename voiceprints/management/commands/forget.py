"""Forget somebody."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from voiceprints.erasure.person_erasure import ErasedPerson, erase_person
from voiceprints.management import arguments
from voiceprints.management.answers import refusals_told
from voiceprints.models import Person


class Command(BaseCommand):
    """forget PERSON"""

    help = """Forget somebody: every print, every kept sample, every link and the name.

In all transcripts another name stands where the person spoke. It cannot be undone; backups keep
what they have. It asks first, unless --yes is given."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="PERSON", help="a name or an identifier")
        parser.add_argument(
            "--as",
            dest="replacement",
            metavar="NAME",
            help="the name in transcripts instead (default: such as 'Person 7f3a')",
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, and forget nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = arguments.person(options["person"])
        if options["dry_run"] or not options["yes"]:
            would = _forget(person, options["replacement"], for_good=False)
            self.stdout.write(f"{person.name}, {person.id}, would be forgotten: {_told(would)}")
        if options["dry_run"]:
            return
        if not options["yes"] and not _agreed():
            raise CommandError("Nothing was forgotten.")
        done = _forget(person, options["replacement"], for_good=True)
        self.stdout.write(f"Forgotten: {_told(done)}")


def _forget(person: Person, replacement: str | None, *, for_good: bool) -> ErasedPerson:
    with refusals_told(), transaction.atomic():
        forgotten = erase_person(
            person.id, actor=arguments.operator("forget"), replacement=replacement
        )
        transaction.set_rollback(not for_good)
        return forgotten


def _told(forgotten: ErasedPerson) -> str:
    return (
        f"voiceprints deleted: {forgotten.prints}; transcripts changed: {forgotten.transcripts}; "
        f"name there: {forgotten.replacement}."
    )


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise CommandError("Without a terminal to ask on, --yes is needed.")
    return input("Forget for good? Type yes: ").strip().lower() == "yes"
