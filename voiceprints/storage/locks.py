"""Who may change what, and in which order is it taken?

Everything that changes people takes their rows first, in the order of their identifiers, then the
rows of the transcripts it changes, in the same order; speakers and blocks only under the lock of
their transcript. So nobody waits in a circle, and whoever waited for a person sees whether that
person is still there.
"""

from collections.abc import Iterable
from uuid import UUID

from voiceprints.models import Person, Transcript


class PersonNotFound(Exception):
    """Somebody who was to be changed does not exist, or not any more."""

    def __init__(self, person: UUID) -> None:
        super().__init__(f"There is no person {person}.")
        self.person = person


def lock_people(*people: UUID) -> dict[UUID, Person]:
    """The people, locked until the end of the transaction.

    Raises
    ------
    PersonGone
    """
    found = {person.id: person for person in lock_existing_people(people)}
    for person in people:
        if person not in found:
            raise PersonNotFound(person)
    return found


def lock_person(person: UUID) -> Person:
    """One person, locked until the end of the transaction.

    Raises
    ------
    PersonGone
    """
    return lock_people(person)[person]


def lock_existing_people(people: Iterable[UUID]) -> list[Person]:
    """Those of the people that exist, locked until the end of the transaction."""
    return list(Person.objects.filter(pk__in=set(people)).order_by("pk").select_for_update())


def lock_transcripts(transcripts: Iterable[UUID]) -> list[Transcript]:
    """Those of the transcripts that exist, locked until the end of the transaction."""
    # Without what was said in them: a result may be large, and few who lock it read it.
    wanted = Transcript.objects.filter(pk__in=set(transcripts)).only("pk")
    return list(wanted.order_by("pk").select_for_update())
