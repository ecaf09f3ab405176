"""The look-up of people by the names that transcripts show.

A speaker is linked to a person even if the voice must not be used: a name is not biometric
data, and erasing a person depends on the links.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, transaction
from django.db.models import Func, Q, TextField
from django.db.models.functions import Lower

from audio.merge.name_spelling import name_key
from voiceprints.models import Person, audit
from voiceprints.models.audit import Action
from voiceprints.people.enrolment_errors import NameErased
from voiceprints.people.erasure_marks import lock_names, work_marked

_LOWER_ALIASES = Func(
    "aliases",
    template="lower(%(expressions)s::text)::text[]",
    output_field=ArrayField(TextField()),
)


def find_people_by_name(names: Iterable[str]) -> dict[str, UUID]:
    """Return, by name, the person with that name, or else the only one with that alias.

    Case is ignored.
    """
    lower = {name: name_key(name) for name in names}
    by_name, by_alias = _people_with(list(lower.values()))
    found = {name: by_name.get(low) or _only(by_alias[low]) for name, low in lower.items()}
    return {name: person for name, person in found.items() if person is not None}


def _people_with(names: list[str]) -> tuple[dict[str, UUID], defaultdict[str, set[UUID]]]:
    people = Person.objects.annotate(lower=Lower("name"), others=_LOWER_ALIASES)
    matching = people.filter(Q(lower__in=names) | Q(others__overlap=names)).order_by("pk")
    by_name: dict[str, UUID] = {}
    by_alias: defaultdict[str, set[UUID]] = defaultdict(set)
    for person, name, aliases in matching.values_list("pk", "lower", "others"):
        by_name[name] = person
        for alias in aliases:
            by_alias[alias].add(person)
    return by_name, by_alias


def _only(people: set[UUID]) -> UUID | None:
    return next(iter(people)) if len(people) == 1 else None


@work_marked()
@transaction.atomic
def get_or_create_person(name: str, *, actor: str) -> Person:
    """Return the person with this name, created if missing.

    Raises
    ------
    NameErased
        If a person with this name was erased since the work under way began.
    """
    refuse_erased(name)
    found = Person.objects.named(name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            person = Person.objects.create(name=name)
            audit.record(actor, Action.PERSON_CREATED, person=person.id)
            return person
    except IntegrityError:
        # Another process may have created the person meanwhile.
        created = Person.objects.named(name).first()
        if created is None:
            raise
        return created


def refuse_erased(*names: str) -> None:
    """Refuse to give a person the name of one who was erased since the work under way began.

    No person is erased until the end of the transaction.

    Raises
    ------
    NameErased
    """
    erased = lock_names()
    if any(erased.replacement(name) is not None for name in names):
        raise NameErased
