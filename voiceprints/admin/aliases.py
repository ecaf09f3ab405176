"""All other names of a person, as one text that can be searched."""

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from voiceprints.models import Person

ALIASES = Func(F("aliases"), Value("\n"), function="array_to_string", output_field=TextField())


def people_like(text: str) -> QuerySet[Person]:
    """Those with this in their name or in one of their aliases."""
    people = Person.objects.annotate(called_also=ALIASES)
    return people.filter(Q(name__icontains=text) | Q(called_also__icontains=text))
