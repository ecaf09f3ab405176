"""The filters of the list of transcripts: by names, and by who speaks."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from voiceprints.models import Transcript, TranscriptSpeaker
from voiceprints.people.people_search import search_people


class NamesFilter(admin.SimpleListFilter):
    """A filter by transcripts in which a speaker has no name."""

    title = "names"
    parameter_name = "names"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("missing", "a speaker has none"), ("complete", "every speaker has one")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Transcript]
    ) -> QuerySet[Transcript]:
        nameless = TranscriptSpeaker.objects.filter(source="unmatched", transcript=OuterRef("pk"))
        match self.value():
            case "missing":
                return queryset.filter(Exists(nameless))
            case "complete":
                return queryset.exclude(Exists(nameless))
        return queryset


class SpokenByFilter(admin.SimpleListFilter):
    """A filter by a typed name, of a person or of a speaker: there may be many people to list."""

    title = "speaker"
    parameter_name = "speaker"
    template = "admin/voiceprints/typed_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Transcript]
    ) -> QuerySet[Transcript]:
        name = (self.value() or "").strip()
        if not name:
            return queryset
        matches = Q(name__icontains=name) | Q(person__in=search_people(name).values("pk"))
        speaking = TranscriptSpeaker.objects.filter(matches, transcript=OuterRef("pk"))
        return queryset.filter(Exists(speaking))

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """Yield the value, and the other filters, which the form submits as hidden fields."""
        others = changelist.get_filters_params()
        yield {
            "value": self.value() or "",
            "others": [
                (key, value)
                for key, values in {**others, **_search(changelist)}.items()
                if key != self.parameter_name
                for value in (values if isinstance(values, list) else [values])
            ],
        }


def _search(changelist: ChangeList) -> dict[str, list[str]]:
    return {"q": [changelist.query]} if changelist.query else {}
