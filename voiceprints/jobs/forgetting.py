"""What do results of jobs still say of somebody who is forgotten?"""

import json
from collections.abc import Iterable

from django.db.models import Q

from voiceprints.jobs.answering import without_vectors
from voiceprints.models.jobs import Job
from voiceprints.rewriting import mention_of, renaming, rewritten


def take_out_of_results(names: Iterable[str], called: str) -> None:
    """Give somebody another name in every result, without any voice there.

    A result that is text is deleted whole: there, a name cannot be told from speech.
    """
    told, new = Q(), dict.fromkeys(names, called)
    for name in new:
        told |= Q(result__icontains=json.dumps(name, ensure_ascii=False)[1:-1])
        told |= Q(name__icontains=name.split()[0])
    if not told:
        return
    for job in Job.objects.select_for_update().filter(told).order_by("pk"):
        given = job.result
        plain = without_vectors(given) if isinstance(given, dict) else None
        job.result = rewritten(plain, renaming(new))
        for name in new:
            job.name = mention_of(name).sub(called, job.name)
        job.save(update_fields=["result", "name"])
