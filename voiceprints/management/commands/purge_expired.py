"""Delete what may not be kept any longer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from voiceprints.erasure.retention import count_expired, purge_expired
from voiceprints.management.answers import refusals_told
from voiceprints.management.arguments import operator


class Command(BaseCommand):
    """purge_expired"""

    help = """Delete voices whose consent ended, and transcripts past their retention.

The people stay, with their names and that they said no; so do the words of other transcripts.
Also deleted are remembered answers of repeated requests after a day, jobs JOB_DAYS after their end
with their results, and files that belong to no print and no job. Run it daily: an ended consent
stops every use of a voice at once, this deletes it. It can be stopped at any time and run
again."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be deleted, and delete nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now, dry_run = timezone.now(), options["dry_run"]
        with refusals_told():
            purged = (
                count_expired(now)
                if dry_run
                else purge_expired(now, actor=operator("purge_expired"))
            )
        what = "Would be deleted" if dry_run else "Deleted"
        self.stdout.write(
            f"{what}: the voices of {purged.people} people "
            f"({purged.prints} voiceprints), {purged.transcripts} transcripts, "
            f"{purged.repeats} remembered answers, {purged.samples} samples without a print, "
            f"{purged.jobs} jobs that ended long ago."
        )
