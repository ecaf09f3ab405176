"""The `reembed` command: voiceprints for a new embedding model from stored samples."""

from typing import Any

from django.core.management.base import CommandParser

from audio.management.console import CommandWithExamples
from voiceprints.enrolment.reembedding import (
    NoSample,
    people_to_reembed,
    reembed_person,
    samples_to_reembed,
)
from voiceprints.management.arguments import operator
from voiceprints.management.command_errors import (
    ITEM_ERRORS,
    describe_error,
    reported_as_command_errors,
)
from voiceprints.management.item_loop import ItemLoop
from voiceprints.models import Person
from voiceprints.people.consent import check_consent


class Command(CommandWithExamples):
    """reembed --space NEW"""

    help = """Make voiceprints for a new embedding model, from stored samples.

Embeddings of two models are never compared, so with a new model no person is recognised. If
KEEP_SAMPLES was on when people were enrolled, this sends their samples to the configured engine,
whose space must be the one that --space names. Existing voiceprints stay. People without a sample
must be enrolled again. The command can be stopped and run again. Exit status 1: at least one
person has no voiceprint in the new space.

  manage.py reembed --space titanet@2 --dry-run"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--space",
            required=True,
            metavar="NEW",
            help="the engine's space, model@revision; the error for a wrong one names it",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print whose samples would be sent, and call no engine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        items, space = ItemLoop(self.stdout), options["space"].strip()
        with reported_as_command_errors():
            for person in items.each(people_to_reembed(space)):
                try:
                    items.succeed(_reembed(person, space, dry_run=options["dry_run"]))
                except ITEM_ERRORS as error:
                    items.fail(f"{person.name}: no voiceprint. {describe_error(error)}")
        items.end()


def _reembed(person: Person, space: str, *, dry_run: bool) -> str:
    if not dry_run:
        added = reembed_person(person, space, actor=operator("reembed"))
        return f"{person.name}: {added} voiceprints."
    check_consent(person.id)
    waiting = samples_to_reembed(person, space).count()
    if not waiting:
        raise NoSample
    return f"{person.name}: {waiting} samples would be sent to the engine."
