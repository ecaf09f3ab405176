"""What stands on the page of a person: prints, how sure they are, and where they were heard."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import FloatField, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from django.utils import timezone
from pgvector.django import CosineDistance

from voiceprints.matching.doubtful_voiceprints import Likeness
from voiceprints.models import Person, Transcript, Voiceprint

LATEST = 10
PRINTS = 30


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else, who sounds like a print."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PrintRow:
    """One print, as it is shown: never its vector."""

    id: UUID
    source: str
    space: str
    speech_s: float | None
    quality: str
    created_at: datetime
    created_by: str
    transcript_id: UUID | None
    likeness: Likeness
    other: Other | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that is shown below the form."""

    prints: list[PrintRow]
    more_prints: int
    transcripts: list[Transcript]
    consents: bool


def page_of(person_id: str, *, may_see_transcripts: bool) -> PersonPage | None:
    """The page of a person; None where there is nobody."""
    try:
        person = Person.objects.filter(pk=UUID(person_id)).first()
    except ValueError:
        return None
    if person is None:
        return None
    heard = Transcript.objects.filter(speakers__person=person).distinct()[:LATEST]
    count = person.voiceprints.count()
    return PersonPage(
        prints=[_row(each) for each in _compared(person)],
        more_prints=max(0, count - PRINTS),
        transcripts=list(heard) if may_see_transcripts else [],
        consents=person.consents(timezone.now()),
    )


def _compared(person: Person) -> QuerySet[Voiceprint]:
    """Each with its nearest print of the same person and of somebody else, in one query.

    Nothing is compared where consent does not hold.
    """
    willing = Person.objects.consenting(timezone.now())
    comparable = (
        Voiceprint.objects.filter(person__in=willing)
        if person.consents()
        else Voiceprint.objects.none()
    )
    alike = comparable.filter(space=OuterRef("space")).exclude(pk=OuterRef("pk"))
    near = alike.annotate(far=_exact_distance()).order_by("far")
    own = near.filter(person=OuterRef("person")).values("far")[:1]
    told = JSONObject(person="person_id", name="person__name", far="far")
    other = near.exclude(person=OuterRef("person")).values(told=told)[:1]
    return (
        Voiceprint.objects.filter(person=person)
        .defer("vector")
        .select_related("space", "transcript_speaker")
        .annotate(own=Subquery(own), other=Subquery(other))
        .order_by("-created_at", "id")[:PRINTS]
    )


def _exact_distance() -> Combinable:
    """Plus nothing: the index answers a bare distance, and filters may leave it empty-handed."""
    bare = CosineDistance("vector", OuterRef("vector"))
    return bare + Value(0.0, output_field=FloatField())


def _row(one: Voiceprint) -> PrintRow:
    own, other = one.own, one.other  # type: ignore[attr-defined]  # annotated
    likeness = Likeness(
        None if own is None else 1 - own, None if other is None else 1 - other["far"]
    )
    speaker = one.transcript_speaker
    return PrintRow(
        id=one.pk,
        source=one.get_source_display(),
        space=str(one.space),
        speech_s=one.speech_s,
        quality=quality_of(one),
        created_at=one.created_at,
        created_by=one.created_by,
        transcript_id=None if speaker is None else speaker.transcript_id,
        likeness=likeness,
        other=None if other is None else Other(other["person"], other["name"]),
        doubtful=likeness.is_doubtful(one.space.threshold),
    )


def quality_of(one: Voiceprint) -> str:
    """The figures of a print, in words."""
    figures = one.quality.items() if isinstance(one.quality, dict) else ()
    return ", ".join(
        f"{name.replace('_', ' ')} {round(value, 3)}"
        for name, value in figures
        if isinstance(value, int | float)
    )
