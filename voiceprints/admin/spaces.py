"""Spaces: from which similarity on are two fingerprints one voice?"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import HttpRequest

from voiceprints.admin.library_admin import LibraryAdmin, actor_of
from voiceprints.models import Space, Voiceprint, audit
from voiceprints.models.audit import Action

HELP = {
    "threshold": (
        "The least similarity, from -1 to 1, at which a voice is recognised. Higher: fewer wrong "
        "names, and more speakers left without one."
    ),
    "margin": (
        "How far the best match must be above the next person's. Higher: nobody is named where "
        "two people sound alike."
    ),
}


@admin.register(Space)
class SpaceAdmin(LibraryAdmin):
    """Engines make spaces; people only tune them."""

    list_display = ["__str__", "threshold", "margin", "prints", "created_at"]
    fields = ["model", "revision", "dimension", "threshold", "margin", "created_at"]
    readonly_fields = ["model", "revision", "dimension", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Space]:
        prints = Voiceprint.objects.order_by().filter(space=OuterRef("pk")).values("space")
        spaces: QuerySet[Space] = super().get_queryset(request)
        counted = Subquery(prints.annotate(n=Count("pk")).values("n"))
        return spaces.annotate(print_count=Coalesce(counted, 0))

    @admin.display(description="voiceprints", ordering="print_count")
    def prints(self, space: Space) -> int:
        return space.print_count  # type: ignore[attr-defined, no-any-return]  # annotated

    def get_form(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> "type[ModelForm[Space]]":
        return super().get_form(request, *args, **kwargs, help_texts=HELP)

    def save_model(
        self, request: HttpRequest, obj: Space, form: "ModelForm[Space]", change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        audit.record(
            actor_of(request),
            Action.SPACE_CHANGED,
            space=str(obj),
            threshold=obj.threshold,
            margin=obj.margin,
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Space | None = None) -> bool:
        return False
