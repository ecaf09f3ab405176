"""A filter of transcripts by a name that is typed: there may be too many people to list."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from voiceprints.models import Transcript, TranscriptSpeaker
from voiceprints.transcripts.transcript_search import people_like


class SpokenByFilter(admin.SimpleListFilter):
    """Who spoke: a person, by name or alias, or whatever a speaker is called."""

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
        called = Q(name__icontains=name) | Q(person__in=people_like(name).values("pk"))
        speaking = TranscriptSpeaker.objects.filter(called, transcript=OuterRef("pk"))
        return queryset.filter(Exists(speaking))

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        """What else is filtered, to be sent along with the form."""
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
