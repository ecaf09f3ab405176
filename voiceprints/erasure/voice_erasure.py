"""How does a voice disappear, with every recording and every vector of it?"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from voiceprints.models import Person, TranscriptSpeaker, Voiceprint
from voiceprints.models.voiceprints import SAMPLES_FOLDER
from voiceprints.storage.files import names_in
from voiceprints.storage.locks import locked_transcripts

# A sample is written before its print is: younger ones may be about to get theirs.
ORPHANED_AFTER = timedelta(hours=1)
# As `sample_path` names them, and as the storage does where that name is taken.
_OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(_[A-Za-z0-9]{7})?\.[a-z0-9]+")


def erase_voice(person: Person) -> int:
    """Delete a person's prints, samples and the fingerprints in transcripts; count the prints.

    The person is locked by the caller, so no print is added meanwhile.
    """
    heard = TranscriptSpeaker.objects.filter(person=person)
    locked_transcripts(heard.values_list("transcript", flat=True))
    heard.update(embedding=None, space=None)
    return erase_prints(person.voiceprints.all())


def erase_prints(prints: QuerySet[Voiceprint]) -> int:
    """Delete prints, and their samples once that cannot be undone any more; count the prints."""
    samples = [name for name in prints.values_list("sample", flat=True) if name]
    transaction.on_commit(partial(_delete_files, samples))
    return prints.delete()[1].get(Voiceprint._meta.label, 0)


def delete_orphaned_samples(now: datetime) -> int:
    """Delete samples without a print, which a crash may have left; count them."""
    orphans = orphaned_samples(now)
    _delete_files(orphans)
    return len(orphans)


def orphaned_samples(now: datetime) -> list[str]:
    """Samples without a print, by names that are ours.

    A sample of another library would look the same: two libraries must not share a folder.
    """
    names = [name for name in names_in(SAMPLES_FOLDER) if _OURS.fullmatch(name)]
    stored = [f"{SAMPLES_FOLDER}/{name}" for name in names]
    wanted = set(Voiceprint.objects.filter(sample__in=stored).values_list("sample", flat=True))
    return [
        name
        for name in stored
        if name not in wanted and default_storage.get_modified_time(name) < now - ORPHANED_AFTER
    ]


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
