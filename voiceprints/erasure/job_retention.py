"""Which jobs and recordings may not be kept any longer?"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from voiceprints.models import Job, JobRecording
from voiceprints.models.jobs import RECORDINGS_FOLDER
from voiceprints.storage.files import delete_files, names_in

# A recording is written before its job is: younger ones may be about to get theirs.
ORPHANED_AFTER = timedelta(hours=1)


def old_jobs(now: datetime) -> QuerySet[Job]:
    """Those that ended JOB_DAYS ago."""
    return Job.objects.filter(finished_at__lt=now - timedelta(days=settings.JOB_DAYS))


def purge_jobs(now: datetime) -> int:
    """Delete old jobs, and recordings that a crash has left; count the jobs."""
    delete_files(orphaned_recordings(now))
    return old_jobs(now).delete()[1].get(Job._meta.label, 0)


def orphaned_recordings(now: datetime) -> list[str]:
    """Recordings that no job waits for."""
    lying = [f"{RECORDINGS_FOLDER}/{name}" for name in names_in(RECORDINGS_FOLDER)]
    wanted = set(JobRecording.objects.filter(file__in=lying).values_list("file", flat=True))
    return [
        name
        for name in lying
        if name not in wanted and default_storage.get_modified_time(name) < now - ORPHANED_AFTER
    ]
