"""How far are the jobs, as Prometheus asks?

Workers serve no HTTP: what they do stands in the database, and the web process reads it there when
it is asked. All gateways of one database tell the same.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError, connection
from django.db.models import Count, Min, Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from voiceprints.jobs.lost_jobs import workers_alive
from voiceprints.models.jobs import Job, JobState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """The jobs by state: how many, and of how many seconds of audio; the oldest that waits."""

    counts: Mapping[str, int]
    audio_s: Mapping[str, float]
    oldest_queued_s: float
    workers: int


@dataclass(frozen=True, slots=True)
class _Families:
    """The metrics, which are empty until something is put in."""

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
            "spark_job_queue_age_seconds", "For how long the oldest job waits; 0 where none does"
        )
    )
    workers: GaugeMetricFamily = field(
        default_factory=lambda: GaugeMetricFamily(
            "spark_job_workers", "Workers that gave a sign of life"
        )
    )

    def __iter__(self) -> Iterator[Metric]:
        yield from (self.database, self.jobs, self.audio, self.oldest, self.workers)


class JobGauges(Collector):
    """Reads the jobs at every scrape."""

    def describe(self) -> Iterator[Metric]:
        """Tell the names without asking the database, which may not be there yet."""
        return iter(_Families())

    def collect(self) -> Iterator[Metric]:
        families = _Families()
        try:
            found = _find()
        except DatabaseError as error:
            # This thread's connection may have died with a server that is back by now.
            connection.close()
            logger.warning("the jobs could not be counted: %s", type(error).__name__)
            families.database.add_metric([], 0)
        else:
            families.database.add_metric([], 1)
            _fill(families, found)
        return iter(families)


def _find() -> _Found:
    rows = {
        row["state"]: row
        for row in Job.objects.order_by()
        .values("state")
        .annotate(jobs=Count("id"), audio_s=Sum("audio_s"), oldest=Min("created_at"))
    }
    queued = rows.get(JobState.QUEUED)
    waits_s = (timezone.now() - queued["oldest"]).total_seconds() if queued else 0.0
    return _Found(
        {state: row["jobs"] for state, row in rows.items()},
        {state: row["audio_s"] or 0.0 for state, row in rows.items()},
        max(0.0, waits_s),
        workers_alive(),
    )


def _fill(families: _Families, found: _Found) -> None:
    for state in JobState.values:
        families.jobs.add_metric([state], found.counts.get(state, 0))
        families.audio.add_metric([state], found.audio_s.get(state, 0.0))
    families.oldest.add_metric([], found.oldest_queued_s)
    families.workers.add_metric([], found.workers)
