"""The `enrol` command: a voiceprint from recordings of one person."""

from typing import Any

from django.core.management.base import CommandParser

from audio.management.console import CommandWithExamples
from voiceprints.enrolment.voice_enrolment import enrol_named
from voiceprints.management import arguments
from voiceprints.management.command_errors import reported_as_command_errors


class Command(CommandWithExamples):
    """enrol NAME FILE…"""

    help = """Store a voiceprint of a person, from recordings in which only that person speaks.

All files together make one voiceprint, in addition to those the person may have. They need 10 s
of clean speech; a minute, recorded like the meetings, is good. Speech of several people, clipped
speech, and a voice that is enrolled for another person are refused. A new person needs --consent.
Exit status 1: nothing was stored.

  manage.py enrol 'Ana Ruiz' ana.wav --consent 'signed form of 3 May'
  manage.py enrol 'Ana Ruiz' more-of-ana.m4a --dry-run"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", metavar="NAME", help="the person who speaks, such as 'Ana Ruiz'"
        )
        parser.add_argument("files", metavar="FILE", nargs="+", help="a recording in any format")
        arguments.add_consent_options(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="print what would be stored, and store nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        recordings = [arguments.read_recording(path) for path in options["files"]]
        with reported_as_command_errors():
            voiceprint = enrol_named(
                options["name"],
                recordings,
                consent=arguments.read_consent(options),
                actor=arguments.operator("enrol"),
                dry_run=options["dry_run"],
            )
        done = "Would enrol" if options["dry_run"] else "Enrolled"
        self.stdout.write(
            f"{done} {voiceprint.person.name} "
            f"in {voiceprint.space}: {_describe(voiceprint.speech_s, voiceprint.quality)}"
        )


def _describe(speech_s: float | None, quality: dict[str, Any]) -> str:
    nearest = quality.get("nearest_other")
    return (
        f"{speech_s or 0.0:.1f} s of speech, {quality['windows']} windows "
        f"({quality['discarded']} discarded), cohesion {quality['cohesion']:.2f}, "
        f"{quality['clipping_share']:.1%} clipped, nearest other person "
        f"{'none' if nearest is None else f'{nearest:.2f}'}."
    )
