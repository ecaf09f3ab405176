"""The search for people by a part of their name and by consent, for the API and the admin."""

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.utils import timezone

from voiceprints.models import Person

# All aliases of a person as one text, which can be searched.
ALIASES_TEXT = Func(
    F("aliases"), Value("\n"), function="array_to_string", output_field=TextField()
)

# A transcript is spelled by at most this many names: each recording prepares them anew.
MOST_NAMES = 5000


def newest_names() -> tuple[str, ...]:
    """Return the names of the people, in order; of very many those that changed last."""
    newest = Person.objects.order_by("-updated_at").values_list("name", flat=True)
    return tuple(sorted(newest[:MOST_NAMES]))


def search_people(part: str, *, consenting: bool | None = None) -> QuerySet[Person]:
    """Return people with this text in their name or an alias, filtered by consent if given."""
    people = Person.objects.all()
    if part:
        people = people.alias(aliases_text=ALIASES_TEXT).filter(
            Q(name__icontains=part) | Q(aliases_text__icontains=part)
        )
    if consenting is None:
        return people
    has_consent = Q(pk__in=Person.objects.consenting(timezone.now()).values("pk"))
    return people.filter(has_consent if consenting else ~has_consent)
