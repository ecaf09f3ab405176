"""Hear the kept samples again, with another model."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from voiceprints.enrolment.reembedding import (
    NoSample,
    people_to_reembed,
    reembed_person,
    samples_to_reembed,
)
from voiceprints.management.answers import REFUSALS, reason, refusals_told
from voiceprints.management.arguments import operator
from voiceprints.management.items import Items
from voiceprints.models import Person
from voiceprints.people.consent import check_consent


class Command(BaseCommand):
    """reembed --space NEW"""

    help = """Make voiceprints for a new embedding model, of the samples that were kept.

Fingerprints of two models are never compared, so with a new model everybody is a stranger. Where
KEEP_SAMPLES was on when people were enrolled, their samples are fingerprinted again by the engine
that is configured now; it must be the one whose space is named. Old prints stay. One line per
person; whom it could not do must be enrolled again. It can be stopped and run again. Status 1
means that somebody is left without a print."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--space",
            required=True,
            metavar="NEW",
            help="model@revision as the engine says it; of a wrong one you are told what it says",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say whose samples would be heard, ask no engine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        items, space = Items(self.stdout), options["space"].strip()
        with refusals_told():
            for person in items.each(people_to_reembed(space)):
                try:
                    items.succeeded(_done(person, space, dry_run=options["dry_run"]))
                except REFUSALS as error:
                    items.refused(f"{person.name}: no print. {reason(error)}")
        items.end()


def _done(person: Person, space: str, *, dry_run: bool) -> str:
    if not dry_run:
        return f"{person.name}: {reembed_person(person, space, actor=operator('reembed'))} prints."
    check_consent(person.id)
    waiting = samples_to_reembed(person, space).count()
    if not waiting:
        raise NoSample
    return f"{person.name}: {waiting} samples would be heard."
