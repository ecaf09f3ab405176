"""Learn a voice from recordings."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from voiceprints.enrolment.voice_enrolment import enrol_named
from voiceprints.management import arguments
from voiceprints.management.answers import refusals_told


class Command(BaseCommand):
    """enrol NAME FILE…"""

    help = """Learn somebody's voice from recordings in which only that person speaks.

All files together make one voiceprint, beside those the person may have. It needs 10 s of clean
speech; a minute, recorded as the meetings are, is good. Refused is speech of several people,
speech that is clipped, and a voice that is already somebody else's. Somebody new is made known
only with --consent. Status 1 means that nothing was kept."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="who speaks, such as 'Ana Ruiz'")
        parser.add_argument("files", metavar="FILE", nargs="+", help="a recording in any format")
        arguments.add_consent(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be kept, and keep nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        recordings = [arguments.recording(path) for path in options["files"]]
        with refusals_told():
            voiceprint = enrol_named(
                options["name"],
                recordings,
                consent=arguments.consent(options),
                actor=arguments.operator("enrol"),
                dry_run=options["dry_run"],
            )
        done = "Would enrol" if options["dry_run"] else "Enrolled"
        self.stdout.write(
            f"{done} {voiceprint.person.name} "
            f"in {voiceprint.space}: {_told(voiceprint.speech_s, voiceprint.quality)}"
        )


def _told(speech_s: float | None, quality: dict[str, Any]) -> str:
    nearest = quality.get("nearest_other")
    return (
        f"{speech_s or 0.0:.1f} s of speech, {quality['windows']} windows "
        f"({quality['discarded']} discarded), cohesion {quality['cohesion']:.2f}, "
        f"{quality['clipping_share']:.1%} clipped, nearest other person "
        f"{'none' if nearest is None else f'{nearest:.2f}'}."
    )
