"""The `export_voiceprints` command: voiceprints as JSON."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audio.management.console import CommandWithExamples
from voiceprints.exchange.voiceprint_file import VoiceprintFile, dump_voiceprint_file
from voiceprints.exchange.voiceprint_transfer import export_voiceprints
from voiceprints.management import arguments
from voiceprints.models import Space


class Command(CommandWithExamples):
    """export_voiceprints"""

    help = """Write voiceprints as JSON: {"space": "model@revision", "voiceprints": {"Ana Ruiz":
[[numbers], …]}}.

Only voiceprints of people whose consent is valid are written. The file is biometric data: only
its owner can read it, and the audit records whose voiceprints were exported. import_voiceprints
and the option --known of diarize read it; one voiceprint of each person is what label-merge takes
as known_voiceprints.

  manage.py export_voiceprints --output voices.json
  manage.py export_voiceprints --person 'Ana Ruiz' 'Ben Okafor'"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--person",
            metavar="NAME",
            nargs="+",
            help="only these people, by name or identifier (default: all)",
        )
        parser.add_argument(
            "--space",
            metavar="SPACE",
            help="the embedding space (default: the only one that has voiceprints)",
        )
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="a new file (default: standard output)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["person"]
        people = None if named is None else [arguments.find_person(name) for name in named]
        space = _space(options["space"])
        if options["output"] and Path(options["output"]).exists():
            raise CommandError(
                f"{options['output']}: the file exists already; choose another name."
            )
        exported = export_voiceprints(
            space, people, actor=arguments.operator("export_voiceprints")
        )
        self._write(exported, options["output"])
        written = {person.name for person in exported.people}
        missing = [person.name for person in people or () if person.name not in written]
        if missing:
            raise CommandError(
                f"No voiceprint in {space} may be exported for {', '.join(missing)}."
            )

    def _write(self, exported: VoiceprintFile, path: str | None) -> None:
        count = sum(len(person.vectors) for person in exported.people)
        if path is None:
            self.stdout.write(dump_voiceprint_file(exported), ending="")
        else:
            _write_private(path, dump_voiceprint_file(exported))
        self.stderr.write(
            f"{count} voiceprints of {len(exported.people)} people in {exported.space}."
        )


def _space(name: str | None) -> Space:
    if name is not None:
        found = Space.named(name)
        if found is None:
            raise CommandError(f"The space {name!r} does not exist; expected one of: {_names()}.")
        return found
    used = list(Space.objects.filter(voiceprints__isnull=False).distinct())
    if len(used) != 1:
        raise CommandError(f"--space: expected one of: {_names()}.")
    return used[0]


def _names() -> str:
    return ", ".join(str(space) for space in Space.objects.all()) or "none"


def _write_private(path: str, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
