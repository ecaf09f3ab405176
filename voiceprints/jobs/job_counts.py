"""How far are the jobs?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum
from django.utils import timezone

from voiceprints.jobs.lost_jobs import workers_alive
from voiceprints.models import Job
from voiceprints.models.jobs import JobState

# What is done in this time says how fast it goes.
MEASURED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """One job, by the name of its recording."""

    id: UUID
    name: str
    progress: float
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """All jobs; `speed` in seconds of audio a second, where the lengths are known."""

    counts: Mapping[str, int]
    workers: int
    per_minute: float | None
    speed: float | None
    running: Sequence[Shown]
    failed: Sequence[Shown]


def standing(*, failures: int) -> Standing:
    """How it stands, with so many of the last failures."""
    found = dict(Job.objects.order_by().values_list("state").annotate(Count("id")))
    failed = Job.objects.filter(state=JobState.FAILED).order_by("-finished_at")[:failures]
    per_minute, speed = _speed()
    return Standing(
        counts={state: found.get(state, 0) for state in JobState.values},
        workers=workers_alive(),
        per_minute=per_minute,
        speed=speed,
        running=_shown(Job.objects.filter(state=JobState.RUNNING).order_by("started_at")),
        failed=_shown(failed),
    )


def _speed() -> tuple[float | None, float | None]:
    now = timezone.now()
    lately = Job.objects.filter(state=JobState.DONE, finished_at__gte=now - MEASURED)
    told = lately.aggregate(jobs=Count("id"), audio_s=Sum("audio_s"), since=Min("started_at"))
    if not told["jobs"]:
        return None, None
    # Since the first of them began, which may be longer ago than an hour.
    seconds = max(1.0, (now - told["since"]).total_seconds())
    audio_s = told["audio_s"]
    return 60 * told["jobs"] / seconds, None if audio_s is None else audio_s / seconds


def _shown(jobs: QuerySet[Job]) -> list[Shown]:
    return [
        Shown(
            job.id,
            job.name,
            job.progress,
            job.attempts,
            str((job.error or {}).get("message", "")),
        )
        for job in jobs
    ]
