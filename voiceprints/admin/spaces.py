"""The admin pages of embedding spaces, where threshold and margin are set."""

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
        "The lowest similarity, from -1 to 1, at which a voice is recognised. A higher value "
        "gives fewer wrong names, but leaves more speakers unnamed."
    ),
    "margin": (
        "How far the best match must be above the next person. With a higher value, a voice that "
        "is similar to two people stays unnamed."
    ),
}


@admin.register(Space)
class SpaceAdmin(LibraryAdmin):
    """Embedding spaces, which engines create and administrators only tune."""

    list_display = ["__str__", "threshold", "margin", "voiceprint_count", "created_at"]
    fields = ["model", "revision", "dimension", "threshold", "margin", "created_at"]
    readonly_fields = ["model", "revision", "dimension", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Space]:
        voiceprints = Voiceprint.objects.order_by().filter(space=OuterRef("pk")).values("space")
        spaces: QuerySet[Space] = super().get_queryset(request)
        counted = Subquery(voiceprints.annotate(n=Count("pk")).values("n"))
        return spaces.annotate(counted_voiceprints=Coalesce(counted, 0))

    @admin.display(description="voiceprints", ordering="counted_voiceprints")
    def voiceprint_count(self, space: Space) -> int:
        return space.counted_voiceprints  # type: ignore[attr-defined, no-any-return]  # annotated

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
