"""What do results of jobs still say of somebody who is forgotten?"""

import json
from collections.abc import Iterable, Mapping

from django.db.models import Q

from audio.formats.native_json import without_embeddings
from voiceprints.models import IdempotencyKey
from voiceprints.models.jobs import Job
from voiceprints.transcripts.name_mentions import with_mention, words_of
from voiceprints.transcripts.name_replacement import renamed, renaming


def take_out_of_results(names: Iterable[str], called: str) -> None:
    """Give somebody another name in every result, without any voice there.

    A result that is text is deleted whole: there, a name cannot be told from speech. In names of
    recordings it stands as file names spell it.
    """
    told, new = Q(), dict.fromkeys(names, called)
    for name in new:
        told |= Q(result__icontains=json.dumps(name, ensure_ascii=False)[1:-1])
        told |= Q(name__icontains=words_of(name)[0])
    if not told:
        return
    for job in Job.objects.select_for_update().filter(told).order_by("pk"):
        if _is_named_in(job.result, new):
            plain = without_embeddings(job.result) if isinstance(job.result, dict) else None
            job.result = None if plain is None else renamed(plain, renaming(new))
        _rename(job, new)
        job.save(update_fields=["result", "name", "options"])


def _rename(job: Job, new: Mapping[str, str]) -> None:
    before = job.name
    for name, called in new.items():
        job.name = with_mention(job.name, name, called)
    if job.name == before:
        return
    # What was answered when it was placed has the name too, and so has where its outputs went.
    IdempotencyKey.objects.filter(body__icontains=str(job.pk)).update(body=None)
    if job.finished_at is not None:
        job.options.pop("name", None)


def _is_named_in(result: object, names: Iterable[str]) -> bool:
    told = json.dumps(result, ensure_ascii=False).casefold()
    return any(json.dumps(name, ensure_ascii=False)[1:-1].casefold() in told for name in names)
