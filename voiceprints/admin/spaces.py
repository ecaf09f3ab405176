"""The admin pages of embedding spaces, where threshold and margin are set."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import BooleanField, ModelForm
from django.http import HttpRequest

from voiceprints.admin.library_admin import LibraryAdmin, actor_of
from voiceprints.matching.space_thresholds import explain_threshold, update_threshold
from voiceprints.models import Space, Voiceprint, audit
from voiceprints.models.audit import Action
from voiceprints.models.spaces import ThresholdSource

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


AUTOMATIC = "is_threshold_automatic"


class SpaceForm(ModelForm):  # type: ignore[type-arg]  # no generic when it runs
    """Threshold and margin, and whether the library sets the threshold."""

    is_threshold_automatic = BooleanField(
        required=False,
        label="Set the threshold from the library",
        help_text=(
            "From the similarity of the people to each other, at each enrolment and deletion. A "
            "threshold that you change is your own and stays. If moved speech of a person goes "
            "unrecognised, enrol that person once more, in another mood or on another day."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if AUTOMATIC in self.fields:
            self.initial[AUTOMATIC] = self.instance.is_threshold_automatic

    @property
    def is_own_threshold(self) -> bool:
        """Whether the threshold is the administrator's: unticked, or typed beside the old tick."""
        is_typed = "threshold" in self.changed_data and AUTOMATIC not in self.changed_data
        return is_typed or not self.cleaned_data[AUTOMATIC]


@admin.register(Space)
class SpaceAdmin(LibraryAdmin):
    """Embedding spaces, which engines create and administrators only tune."""

    form = SpaceForm
    list_display = [
        "__str__",
        "threshold",
        "threshold_source",
        "margin",
        "voiceprint_count",
        "created_at",
    ]
    fields = [
        "model",
        "revision",
        "dimension",
        "threshold",
        "threshold_reason",
        AUTOMATIC,
        "margin",
        "created_at",
    ]
    readonly_fields = ["model", "revision", "dimension", "threshold_reason", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Space]:
        voiceprints = Voiceprint.objects.order_by().filter(space=OuterRef("pk")).values("space")
        spaces: QuerySet[Space] = super().get_queryset(request)
        counted = Subquery(voiceprints.annotate(n=Count("pk")).values("n"))
        return spaces.annotate(counted_voiceprints=Coalesce(counted, 0))

    @admin.display(description="voiceprints", ordering="counted_voiceprints")
    def voiceprint_count(self, space: Space) -> int:
        return space.counted_voiceprints  # type: ignore[attr-defined, no-any-return]  # annotated

    @admin.display(description="reason")
    def threshold_reason(self, space: Space) -> str:
        return explain_threshold(space)

    def get_form(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> "type[ModelForm[Space]]":
        return super().get_form(request, *args, **kwargs, help_texts=HELP)

    def save_model(self, request: HttpRequest, obj: Space, form: Any, change: bool) -> None:
        is_own = form.is_own_threshold
        if is_own:
            obj.threshold_source = ThresholdSource.OPERATOR
        elif not obj.is_threshold_automatic:
            obj.threshold_source = ThresholdSource.DEFAULT
        super().save_model(request, obj, form, change)
        if not is_own:
            update_threshold(obj.pk, is_forced=True)
            obj.refresh_from_db()
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
