"""Which prints leave the library as a file?"""

from collections.abc import Collection
from itertools import groupby

import numpy as np
from django.db import transaction
from django.utils import timezone

from voiceprints import audit
from voiceprints.exchange import Exchange, NamedPrints
from voiceprints.models import Person, Space, Voiceprint
from voiceprints.models.audit import Action


@transaction.atomic
def export_voiceprints(
    space: Space, people: Collection[Person] | None = None, *, actor: str
) -> Exchange:
    """The prints in one space of these people, or of all; only of those who agree to their use."""
    usable = Voiceprint.objects.usable(space, timezone.now()).select_related("person")
    chosen = usable if people is None else usable.filter(person__in=people)
    exported = []
    for person, prints in groupby(
        chosen.order_by("person__name", "created_at", "id"), key=lambda one: one.person
    ):
        vectors = tuple(np.asarray(one.vector, dtype=np.float64) for one in prints)
        exported.append(NamedPrints(person.name, vectors))
        audit.record(
            actor, Action.EXPORTED, person=person.id, prints=len(vectors), space=str(space)
        )
    return Exchange(str(space), tuple(exported))
