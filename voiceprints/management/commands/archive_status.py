"""The `archive_status` command: the progress of the jobs."""

import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from audio.management.console import CommandWithExamples, write_line
from voiceprints.jobs.job_counts import JobReport, report_jobs

LONGEST_REASON = 100
MOST_FAILED = 100_000


class Command(CommandWithExamples):
    """archive_status"""

    help = """Print the progress of the jobs: how many are queued, running, done and failed, how
fast they are processed, the progress of the running ones, and why the latest ones failed.

Queued jobs are processed by workers: run manage.py procrastinate worker on any number of
machines. The jobs are submitted with enqueue, or over the API.

  manage.py archive_status --failed 50
  manage.py archive_status --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--failed",
            type=_count,
            default=10,
            metavar="N",
            help="list at most N failed jobs, the latest first (default: 10)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = report_jobs(failures=options["failed"])
        if options["json"]:
            write_line(self.stdout, json.dumps(_json(report), ensure_ascii=False, indent=2))
            return
        for line in _lines(report):
            write_line(self.stdout, line)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_FAILED:
        raise ArgumentTypeError(f"expected 0 to {MOST_FAILED}, got {text!r}.")
    return int(text)


def _lines(report: JobReport) -> list[str]:
    counts = ", ".join(f"{count} {state}" for state, count in report.counts.items())
    rate = (
        "" if report.per_minute is None else f" {report.per_minute:.1f} a minute in the last hour"
    )
    speed = "" if report.speed is None else f", {report.speed:.1f} seconds of audio a second"
    lines = [f"{counts}.{rate}{speed}{'.' if rate else ''}", f"Workers alive: {report.workers}."]
    if not report.workers and report.counts["queued"]:
        lines[-1] = "No worker is alive: run manage.py procrastinate worker."
    for job in report.running:
        lines.append(f"running {job.name} {job.progress:.0%}, attempt {job.attempts}")
    for job in report.failed:
        lines.append(f"failed  {job.name} {job.reason[:LONGEST_REASON]}")
    return lines


def _json(report: JobReport) -> dict[str, object]:
    return {
        "counts": dict(report.counts),
        "workers": report.workers,
        "per_minute": report.per_minute,
        "audio_seconds_per_second": report.speed,
        "running": [
            {"job": str(job.id), "name": job.name, "progress": job.progress}
            for job in report.running
        ],
        "failed": [
            {"job": str(job.id), "name": job.name, "reason": job.reason} for job in report.failed
        ],
    }
