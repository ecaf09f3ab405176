"""The map of all prints: who is near whom, and which prints are doubtful."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voiceprints.admin.colours import tint_of
from voiceprints.admin.entries import LibraryAdmin, actor_of, may
from voiceprints.admin.person_page import quality_of
from voiceprints.admin.plot import plot_of
from voiceprints.models import Space, Voiceprint
from voiceprints.storage.locks import PersonGone
from voiceprints.transcripts.corrections import delete_print

READABLE = ["whose", "space", "source", "speech_s", "quality_told", "created_at", "created_by"]


@admin.register(Voiceprint)
class VoiceprintAdmin(LibraryAdmin):
    """Prints are looked at and deleted here; how they are learned, elsewhere."""

    fields = tuple(READABLE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voiceprint]:
        prints: QuerySet[Voiceprint] = super().get_queryset(request)
        return prints.defer("vector").select_related("person", "space")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Voiceprint | None = None
    ) -> list[str]:
        return READABLE

    @admin.display(description="person")
    def whose(self, one: Voiceprint) -> SafeString:
        return format_html(
            '<span class="dot {}"></span>{}', tint_of(one.person_id), one.person.name
        )

    @admin.display(description="quality")
    def quality_told(self, one: Voiceprint) -> str:
        return quality_of(one)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The map in place of a list."""
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        spaces = list(Space.objects.all())
        chosen = request.GET.get("space", "")
        space = next((one for one in spaces if str(one.pk) == chosen), None) or _in_use(spaces)
        return self.page(
            request,
            "voiceprint/map.html",
            title="Map of all voiceprints",
            spaces=spaces,
            space=space,
            plot=plot_of(space) if space else None,
        )

    def has_view_permission(self, request: HttpRequest, obj: Voiceprint | None = None) -> bool:
        """A print is shown with its person's name."""
        return bool(super().has_view_permission(request, obj)) and may(request, "view_person")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Voiceprint | None = None) -> bool:
        return False

    def get_deleted_objects(
        self, objs: Iterable[Voiceprint], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Nothing hangs on a print."""
        lacking = set() if self.has_delete_permission(request) else {"voiceprint"}
        return [], {}, lacking, []

    def delete_model(self, request: HttpRequest, obj: Voiceprint) -> None:
        with suppress(PersonGone):  # and with the person the print
            delete_print(obj.person_id, obj.pk, actor=actor_of(request))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Back to the map, where the print was."""
        messages.success(request, "The voiceprint was deleted.")
        return HttpResponseRedirect(reverse("admin:voiceprints_voiceprint_changelist"))


def _in_use(spaces: list[Space]) -> Space | None:
    """The space of the newest print."""
    newest = Voiceprint.objects.order_by("-created_at").values_list("space_id", flat=True).first()
    return next((space for space in spaces if space.pk == newest), spaces[0] if spaces else None)
