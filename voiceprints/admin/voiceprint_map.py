"""The map of all voiceprints, on which doubtful ones are marked."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from numpy.typing import NDArray

from voiceprints.admin.colours import Tint, shape_of, tint_of
from voiceprints.admin.library_admin import LibraryAdmin, actor_of, may
from voiceprints.admin.person_page import quality_of
from voiceprints.erasure.voice_erasure import delete_voiceprint
from voiceprints.matching.doubtful_voiceprints import VoiceprintSimilarity, compare_voiceprints
from voiceprints.matching.projection import project
from voiceprints.models import Space, Voiceprint
from voiceprints.storage.locks import PersonNotFound

# More would be a cloud, and a page that takes long.
MOST = 2000
# Names are written beside the points of so many people.
NAMED = 30
WIDTH, HEIGHT, MARGIN = 1000.0, 560.0, 60.0


@dataclass(frozen=True, slots=True)
class Point:
    """One print on the map."""

    x: float
    y: float
    print: Voiceprint
    tint: Tint
    shape: int
    likeness: VoiceprintSimilarity
    other: Voiceprint | None
    doubtful: bool

    @property
    def told(self) -> str:
        """What the pointer shows."""
        one = self.print
        speech = "" if one.speech_s is None else f", {one.speech_s:.0f} s"
        doubt = " (doubtful)" if self.doubtful else ""
        return f"{one.person.name}, {one.get_source_display()}{speech}{doubt}"

    @property
    def href(self) -> str:
        """Relative to the map: thousands of addresses take long to resolve."""
        return f"../person/{self.print.person_id}/change/"


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, above the middle of that person's points."""

    x: float
    y: float
    text: str
    tint: Tint


@dataclass(frozen=True, slots=True)
class Plot:
    """What the map shows."""

    points: list[Point]
    names: list[Name]
    share: float
    people: int
    total: int

    @property
    def doubtful(self) -> list[Point]:
        """The worst first."""
        doubtful = [point for point in self.points if point.doubtful]
        return sorted(doubtful, key=lambda point: -point.likeness.lead)


def plot_of(space: Space) -> Plot:
    """The newest prints of a space, doubtful ones last, so that they lie above the others."""
    all_prints = Voiceprint.objects.usable(space, timezone.now())
    prints = list(all_prints.select_related("person").order_by("-created_at", "id")[:MOST])
    vectors = np.array([one.vector for one in prints], dtype=np.float64).reshape(len(prints), -1)
    plane = project(vectors)
    alike = compare_voiceprints(vectors, [one.person_id for one in prints])
    places = _scaled(plane.points)
    points = [
        _point(place, one, near, prints, space.threshold)
        for place, one, near in zip(places, prints, alike, strict=True)
    ]
    people = {point.print.person_id for point in points}
    return Plot(
        points=sorted(points, key=lambda point: point.doubtful),
        names=_names(points) if len(people) <= NAMED else [],
        share=plane.share,
        people=len(people),
        total=len(prints) if len(prints) < MOST else all_prints.count(),
    )


def _scaled(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """As large as the map allows, the same in both directions; up is up."""
    if not len(points):
        return []
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    scale = float((room / np.maximum(high - low, 1e-9)).min())
    from_middle = (points - (low + high) / 2) * min(scale, 1e6) * [1, -1]
    placed = np.array([WIDTH / 2, HEIGHT / 2]) + from_middle
    return [(round(x, 1), round(y, 1)) for x, y in placed.tolist()]


def _point(
    place: tuple[float, float],
    one: Voiceprint,
    near: VoiceprintSimilarity,
    prints: list[Voiceprint],
    threshold: float,
) -> Point:
    return Point(
        *place,
        print=one,
        tint=tint_of(one.person_id),
        shape=shape_of(one.person_id),
        likeness=near,
        other=None if near.nearest is None else prints[near.nearest],
        doubtful=near.is_doubtful(threshold),
    )


def _names(points: list[Point]) -> list[Name]:
    of: dict[UUID, list[Point]] = {}
    for point in points:
        of.setdefault(point.print.person_id, []).append(point)
    return [_name(own) for own in of.values()]


def _name(own: list[Point]) -> Name:
    sure = [point for point in own if not point.doubtful] or own
    return Name(
        x=round(float(np.median([point.x for point in sure])), 1),
        y=round(min(point.y for point in sure) - 16, 1),
        text=own[0].print.person.name,
        tint=own[0].tint,
    )


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
        with suppress(PersonNotFound):  # and with the person the print
            delete_voiceprint(obj.person_id, obj.pk, actor=actor_of(request))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Back to the map, where the print was."""
        messages.success(request, "The voiceprint was deleted.")
        return HttpResponseRedirect(reverse("admin:voiceprints_voiceprint_changelist"))


def _in_use(spaces: list[Space]) -> Space | None:
    """The space of the newest print."""
    newest = Voiceprint.objects.order_by("-created_at").values_list("space_id", flat=True).first()
    return next((space for space in spaces if space.pk == newest), spaces[0] if spaces else None)
