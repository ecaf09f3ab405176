"""Row locks on people and transcripts, and the order in which they are taken.

Changes that store names take the lock of names before all (`voiceprints.people.erasure_marks`).
Every change locks the rows of its people first, ordered by identifier, then the rows of its
transcripts, also ordered by identifier. Speakers and blocks change only under the lock of their
transcript. This order prevents deadlocks, and a process that has waited for a person finds out
whether the person still exists.
"""

from collections.abc import Iterable
from uuid import UUID

from voiceprints.models import Person, Transcript


class PersonNotFound(Exception):
    """The person does not exist, or was deleted meanwhile."""

    def __init__(self, person: UUID) -> None:
        super().__init__(f"The person {person} was not found.")
        self.person = person


def lock_people(*people: UUID) -> dict[UUID, Person]:
    """Lock people until the end of the transaction and return them by identifier.

    Raises
    ------
    PersonNotFound
    """
    found = {person.id: person for person in lock_existing_people(people)}
    for person in people:
        if person not in found:
            raise PersonNotFound(person)
    return found


def lock_person(person: UUID) -> Person:
    """Lock a person until the end of the transaction.

    Raises
    ------
    PersonNotFound
    """
    return lock_people(person)[person]


def lock_existing_people(people: Iterable[UUID]) -> list[Person]:
    """Lock the people that exist until the end of the transaction."""
    return list(Person.objects.filter(pk__in=set(people)).order_by("pk").select_for_update())


def lock_transcripts(transcripts: Iterable[UUID]) -> list[Transcript]:
    """Lock the transcripts that exist until the end of the transaction."""
    # Without the results: they may be large, and few callers read them.
    wanted = Transcript.objects.filter(pk__in=set(transcripts)).only("pk", "version")
    return list(wanted.order_by("pk").select_for_update())
