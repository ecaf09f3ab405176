"""Which people and which transcripts are meant by a search?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone

from voiceprints.models import Person, Transcript, TranscriptSpeaker

# All other names of a person, as one text that can be searched.
ALIASES = Func(F("aliases"), Value("\n"), function="array_to_string", output_field=TextField())
_RECORDED = Coalesce("recorded_at", "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSearch:
    """What a transcript is looked for by: all of what is given holds.

    Where it is not known when something was recorded, `since` and `until` go by when it was kept.
    """

    words: str = ""
    person: UUID | None = None
    recording: str = ""
    since: datetime | None = None
    until: datetime | None = None


def people_like(part: str, *, consenting: bool | None = None) -> QuerySet[Person]:
    """People with this in their name or an alias, and whose consent holds now, or does not."""
    people = Person.objects.all()
    if part:
        people = people.alias(others=ALIASES).filter(
            Q(name__icontains=part) | Q(others__icontains=part)
        )
    if consenting is None:
        return people
    willing = Q(pk__in=Person.objects.consenting(timezone.now()).values("pk"))
    return people.filter(willing if consenting else ~willing)


def transcripts_found(search: TranscriptSearch) -> QuerySet[Transcript]:
    """The transcripts that are looked for, with their speakers."""
    found = Transcript.objects.all()
    if search.words:
        found = found.with_words(search.words)
    if search.person is not None:
        of_person = TranscriptSpeaker.objects.filter(person=search.person)
        found = found.filter(Exists(of_person.filter(transcript=OuterRef("pk"))))
    if search.recording:
        found = found.filter(recording_name__icontains=search.recording)
    if search.since is not None:
        found = found.filter(GreaterThanOrEqual(_RECORDED, search.since))
    if search.until is not None:
        found = found.filter(LessThan(_RECORDED, search.until))
    return found
