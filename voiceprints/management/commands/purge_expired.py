"""The `purge_expired` command: deletion of data whose consent or retention has ended."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from audio.management.console import CommandWithExamples
from voiceprints.erasure.retention import count_expired, purge_expired
from voiceprints.management.arguments import operator
from voiceprints.management.command_errors import reported_as_command_errors


class Command(CommandWithExamples):
    """purge_expired"""

    help = """Delete voices whose consent has ended, and transcripts past their retention.

The people remain, with their names and the end of their consent; so do the words of other
transcripts. It also deletes responses stored for repeated requests after a day, jobs with their
results JOB_DAYS after their end, digests of erased names after 31 days, and files that belong to
no voiceprint and no job. It computes the thresholds that the library sets for its spaces.

Run it daily: when a consent ends, the voice is not used any more from that moment, but deleted
only here. It can be stopped at any time and run again.

  manage.py purge_expired --dry-run"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print what would be deleted, and delete nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now, dry_run = timezone.now(), options["dry_run"]
        with reported_as_command_errors():
            purged = (
                count_expired(now)
                if dry_run
                else purge_expired(now, actor=operator("purge_expired"))
            )
        what = "Would be deleted" if dry_run else "Deleted"
        self.stdout.write(
            f"{what}: the voices of {purged.people} people "
            f"({purged.voiceprints} voiceprints), {purged.transcripts} transcripts, "
            f"{purged.idempotency_keys} stored responses, "
            f"{purged.samples} samples without a voiceprint, "
            f"{purged.jobs} jobs past JOB_DAYS."
        )
