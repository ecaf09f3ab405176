"""Work that waits for a person, counted and linked on the admin's home."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from audio.engines.recovery.engine_report import reports
from voiceprints.admin.library_admin import has_permissions
from voiceprints.matching.doubtful_voiceprints import compare_voiceprints
from voiceprints.models import Job, Person, Space, TranscriptSpeaker, Voiceprint
from voiceprints.models.jobs import JobState
from voiceprints.models.spaces import DIMENSION
from voiceprints.people.consent import ENDS_SOON

# A failed job of last month is history.
RECENT = timedelta(days=7)
# Comparing more takes longer than a home page may.
MOST_COMPARED = 2000
_FIT = ("healthy", "unknown", "not_configured")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work that waits: how much of it, in words, and where it is done."""

    count: int
    what: str
    href: str


def list_waiting(request: HttpRequest) -> list[Waiting]:
    """Return what waits and this user may see; an empty list where nothing does."""
    return [one for find, needed in _KINDS if has_permissions(request, *needed) for one in find()]


def _unnamed_speakers() -> Iterator[Waiting]:
    count = TranscriptSpeaker.objects.filter(source="unmatched").count()
    if count:
        what = f"{_plural(count, 'speaker')} without a name"
        yield Waiting(count, what, f"{_list('transcript')}?names=missing")


def _doubtful_voiceprints() -> Iterator[Waiting]:
    for space in Space.objects.all():
        if count := count_doubtful(space):
            what = f"doubtful {_plural(count, 'voiceprint')}"
            yield Waiting(count, what, f"{_list('voiceprint')}?space={space.pk}#doubtful")


def count_doubtful(space: Space) -> int:
    """Count the doubtful ones among the newest voiceprints of a space."""
    usable = Voiceprint.objects.usable(space, timezone.now()).order_by("-created_at", "id")
    rows = list(usable.values_list("vector", "person_id")[:MOST_COMPARED])
    vectors = np.array([vector for vector, _ in rows], dtype=np.float64)
    similarities = compare_voiceprints(
        vectors.reshape(len(rows), DIMENSION), [person for _, person in rows]
    )
    return sum(one.is_doubtful(space.threshold) for one in similarities)


def _failed_jobs() -> Iterator[Waiting]:
    since = timezone.now() - RECENT
    count = Job.objects.filter(state=JobState.FAILED, finished_at__gte=since).count()
    if count:
        what = f"{_plural(count, 'job')} failed in the last {RECENT.days} days"
        yield Waiting(count, what, f"{_list('job')}?state__exact={JobState.FAILED}")


def _ending_consents() -> Iterator[Waiting]:
    count = Person.objects.consent_ending(timezone.now(), ENDS_SOON).count()
    if count:
        what = f"{_plural(count, 'consent')} ending within {ENDS_SOON.days} days"
        yield Waiting(count, what, f"{_list('person')}?consent=ending")


def _unfit_engines() -> Iterator[Waiting]:
    unfit = [one for one in reports() if one["state"] not in _FIT]
    for one in unfit:
        what = f"engine {one['name']} is {one['state']}: {one['reason']}"
        yield Waiting(1, what, reverse("front_page"))


def _list(model: str) -> str:
    return reverse(f"admin:voiceprints_{model}_changelist")


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


_KINDS: tuple[tuple[Callable[[], Iterator[Waiting]], tuple[str, ...]], ...] = (
    (_unnamed_speakers, ("view_transcript",)),
    (_doubtful_voiceprints, ("view_voiceprint", "view_person")),
    (_failed_jobs, ("view_job",)),
    (_ending_consents, ("view_person",)),
    (_unfit_engines, ()),
)
