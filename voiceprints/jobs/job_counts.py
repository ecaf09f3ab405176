"""Counts of jobs and workers, for the `archive_status` command and for Prometheus.

Workers serve no HTTP. Their progress is in the database, where the web process reads it at each
scrape; so all gateways that share a database report the same numbers.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import Count, Min, QuerySet, Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from voiceprints.jobs.queue import count_live_workers
from voiceprints.models.jobs import Job, JobState

logger = logging.getLogger(__name__)
# The speed is measured over the jobs that ended within this time.
MEASURED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class JobSummary:
    """One job in a report; `name` is that of its recording."""

    id: UUID
    name: str
    progress: float
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class JobReport:
    """All jobs; `speed` is in seconds of audio per second, where the lengths are known."""

    counts: Mapping[str, int]
    workers: int
    per_minute: float | None
    speed: float | None
    running: Sequence[JobSummary]
    failed: Sequence[JobSummary]


def report_jobs(*, failures: int) -> JobReport:
    """Return the report, with at most `failures` failed jobs, the latest first."""
    counts = dict(Job.objects.order_by().values_list("state").annotate(Count("id")))
    failed = Job.objects.filter(state=JobState.FAILED).order_by("-finished_at")[:failures]
    per_minute, speed = _measure_speed()
    return JobReport(
        counts={state: counts.get(state, 0) for state in JobState.values},
        workers=count_live_workers(),
        per_minute=per_minute,
        speed=speed,
        running=_summaries(Job.objects.filter(state=JobState.RUNNING).order_by("started_at")),
        failed=_summaries(failed),
    )


def _measure_speed() -> tuple[float | None, float | None]:
    now = timezone.now()
    recent = Job.objects.filter(state=JobState.DONE, finished_at__gte=now - MEASURED)
    total = recent.aggregate(jobs=Count("id"), audio_s=Sum("audio_s"), since=Min("started_at"))
    if not total["jobs"]:
        return None, None
    # Since the start of the first of them, which may be more than an hour ago.
    seconds = max(1.0, (now - total["since"]).total_seconds())
    audio_s = total["audio_s"]
    return 60 * total["jobs"] / seconds, None if audio_s is None else audio_s / seconds


def _summaries(jobs: QuerySet[Job]) -> list[JobSummary]:
    return [
        JobSummary(
            job.id,
            job.name,
            job.progress,
            job.attempts,
            str((job.error or {}).get("message", "")),
        )
        for job in jobs
    ]


@dataclass(frozen=True, slots=True)
class _Totals:
    """Jobs and their seconds of audio by state, and the age of the oldest queued job."""

    counts: Mapping[str, int]
    audio_s: Mapping[str, float]
    oldest_queued_s: float
    workers: int


@dataclass(frozen=True, slots=True)
class _Families:
    """The metrics of one scrape, without samples at first."""

    database: GaugeMetricFamily = field(
        default_factory=lambda: GaugeMetricFamily(
            "spark_database_up", "Whether the voice library's database answers"
        )
    )
    jobs: GaugeMetricFamily = field(
        default_factory=lambda: GaugeMetricFamily(
            "spark_jobs", "Jobs in the database", labels=["state"]
        )
    )
    audio: GaugeMetricFamily = field(
        default_factory=lambda: GaugeMetricFamily(
            "spark_job_audio_seconds",
            "Seconds of audio of the jobs in the database, where their length is known",
            labels=["state"],
        )
    )
    oldest: GaugeMetricFamily = field(
        default_factory=lambda: GaugeMetricFamily(
            "spark_job_queue_age_seconds", "Age of the oldest queued job; 0 if none is queued"
        )
    )
    workers: GaugeMetricFamily = field(
        default_factory=lambda: GaugeMetricFamily(
            "spark_job_workers", "Workers that have sent a heartbeat"
        )
    )

    def __iter__(self) -> Iterator[Metric]:
        yield from (self.database, self.jobs, self.audio, self.oldest, self.workers)


class JobGauges(Collector):
    """Counts the jobs at every scrape."""

    def describe(self) -> Iterator[Metric]:
        """Name the metrics without a query: the database may not be reachable yet."""
        return iter(_Families())

    def collect(self) -> Iterator[Metric]:
        families = _Families()
        try:
            totals = _count_totals()
        except DatabaseError as error:
            # A connection that was lost with the server would fail again at the next scrape.
            connection.close()
            logger.warning("the jobs could not be counted: %s", type(error).__name__)
            families.database.add_metric([], 0)
        else:
            families.database.add_metric([], 1)
            _fill(families, totals)
        return iter(families)


def _count_totals() -> _Totals:
    rows = {
        row["state"]: row
        for row in Job.objects.order_by()
        .values("state")
        .annotate(jobs=Count("id"), audio_s=Sum("audio_s"), oldest=Min("created_at"))
    }
    queued = rows.get(JobState.QUEUED)
    age_s = (timezone.now() - queued["oldest"]).total_seconds() if queued else 0.0
    return _Totals(
        {state: row["jobs"] for state, row in rows.items()},
        {state: row["audio_s"] or 0.0 for state, row in rows.items()},
        max(0.0, age_s),
        count_live_workers(),
    )


def _fill(families: _Families, totals: _Totals) -> None:
    for state in JobState.values:
        families.jobs.add_metric([state], totals.counts.get(state, 0))
        families.audio.add_metric([state], totals.audio_s.get(state, 0.0))
    families.oldest.add_metric([], totals.oldest_queued_s)
    families.workers.add_metric([], totals.workers)
