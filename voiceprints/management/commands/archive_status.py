"""Say how far the jobs are."""

import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audio.management.console import said
from voiceprints.jobs.job_counts import JobReport, report_jobs

LONGEST_REASON = 100
MOST_FAILED = 100_000


class Command(BaseCommand):
    """archive_status"""

    help = """Say how far the jobs are: how many wait, run, are done and failed, how fast they go,
how far those are that run, and why the last ones failed.

Jobs wait until a worker does them: manage.py procrastinate worker, on any number of machines."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--failed",
            type=_count,
            default=10,
            metavar="N",
            help="how many failed jobs to list, the last first (default 10)",
        )
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        now = report_jobs(failures=options["failed"])
        if options["json"]:
            said(self.stdout, json.dumps(_json(now), ensure_ascii=False, indent=2))
            return
        for line in _lines(now):
            said(self.stdout, line)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_FAILED:
        raise ArgumentTypeError(f"expected 0 to {MOST_FAILED}, got {text!r}.")
    return int(text)


def _lines(now: JobReport) -> list[str]:
    counts = ", ".join(f"{count} {state}" for state, count in now.counts.items())
    fast = "" if now.per_minute is None else f" {now.per_minute:.1f} a minute in the last hour"
    speed = "" if now.speed is None else f", {now.speed:.1f} seconds of audio a second"
    lines = [f"{counts}.{fast}{speed}{'.' if fast else ''}", f"Workers alive: {now.workers}."]
    if not now.workers and now.counts["queued"]:
        lines[-1] = "No worker is alive: run manage.py procrastinate worker."
    for one in now.running:
        lines.append(f"running {one.name} {one.progress:.0%}, attempt {one.attempts}")
    for one in now.failed:
        lines.append(f"failed  {one.name} {one.reason[:LONGEST_REASON]}")
    return lines


def _json(now: JobReport) -> dict[str, object]:
    return {
        "counts": dict(now.counts),
        "workers": now.workers,
        "per_minute": now.per_minute,
        "audio_seconds_per_second": now.speed,
        "running": [
            {"job": str(one.id), "name": one.name, "progress": one.progress} for one in now.running
        ],
        "failed": [
            {"job": str(one.id), "name": one.name, "reason": one.reason} for one in now.failed
        ],
    }
