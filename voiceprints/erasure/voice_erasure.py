"""The erasure of voices: voiceprints, samples and the embeddings of speakers."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from voiceprints.matching.space_thresholds import update_thresholds_on_commit
from voiceprints.models import Person, TranscriptSpeaker, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.voiceprints import SAMPLES_FOLDER
from voiceprints.storage.locks import lock_person, lock_transcripts
from voiceprints.storage.stored_files import list_file_names

# A sample is written before its voiceprint: a younger one may be about to get its voiceprint.
ORPHANED_AFTER = timedelta(hours=1)
# The names that `sample_path` makes, and those that the storage makes where one is taken.
_SAMPLE_NAME = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(_[A-Za-z0-9]{7})?\.[a-z0-9]+"
)


def erase_voice(person: Person) -> int:
    """Delete a person's voiceprints, samples and embeddings; return the number of voiceprints.

    The caller has locked the person, so no voiceprint is added meanwhile.
    """
    speakers = TranscriptSpeaker.objects.filter(person=person)
    lock_transcripts(speakers.values_list("transcript", flat=True))
    speakers.update(embedding=None, space=None)
    return erase_voiceprints(person.voiceprints.all())


@transaction.atomic
def delete_voiceprint(person_id: UUID, voiceprint_id: UUID, *, actor: str) -> bool:
    """Delete a voiceprint and its sample; return whether it existed.

    Raises
    ------
    PersonNotFound
    """
    lock_person(person_id)
    deleted = erase_voiceprints(Voiceprint.objects.filter(pk=voiceprint_id, person=person_id))
    if deleted:
        audit.record(actor, Action.PRINT_DELETED, person=person_id, print=str(voiceprint_id))
    return deleted > 0


def erase_voiceprints(voiceprints: QuerySet[Voiceprint]) -> int:
    """Delete voiceprints and, after the commit, their samples; return how many there were."""
    samples = [name for name in voiceprints.values_list("sample", flat=True) if name]
    transaction.on_commit(partial(_delete_samples, samples))
    update_thresholds_on_commit(set(voiceprints.order_by().values_list("space", flat=True)))
    return voiceprints.delete()[1].get(Voiceprint._meta.label, 0)


def delete_orphaned_samples(now: datetime) -> int:
    """Delete samples without a voiceprint, which a crash may have left; return their number."""
    orphans = orphaned_samples(now)
    _delete_samples(orphans)
    return len(orphans)


def orphaned_samples(now: datetime) -> list[str]:
    """Return the samples without a voiceprint, if their names are those of samples.

    A sample of another library has such a name too: two libraries must not share a folder.
    """
    names = [name for name in list_file_names(SAMPLES_FOLDER) if _SAMPLE_NAME.fullmatch(name)]
    stored = [f"{SAMPLES_FOLDER}/{name}" for name in names]
    used = set(Voiceprint.objects.filter(sample__in=stored).values_list("sample", flat=True))
    return [
        name
        for name in stored
        if name not in used and default_storage.get_modified_time(name) < now - ORPHANED_AFTER
    ]


def _delete_samples(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
